"""``check_job``: jobs as the model sees them."""

from collections.abc import Sequence

from switchboard import BackendError, Job, ToolContext, ToolFailed, ToolResult, tool
from tools.jobs import texts

LISTED = 5


@tool
async def check_job(context: ToolContext, *, job: str = "") -> ToolResult:
    """Tell how far work is that was begun in this conversation, and give its result once there is one.

    Use it when somebody asks whether something is ready, how far it is, or what became of it.

    Args:
        job: The job's id, if the person names one; leave it empty for what was begun last.

    Examples:
        - Is it ready?
        - Is it done yet?
        - Is my job finished?
        - How far is my summary?
        - What happened to the job?
        - Are you still working on it?
        - Check the status of my job
        - How much longer will it take?
    """
    try:
        found = await _named(context, job.strip()) if job.strip() else await _newest(context)
    except BackendError as error:
        raise ToolFailed(texts.LOOK_FAILED, retryable=error.retryable) from error
    data = {"jobs": [{"id": each.id, "state": each.state, "progress": list(each.progress)} for each in found]}
    if not found:
        return ToolResult(text=texts.NOT_THERE if job.strip() else texts.NONE, data=data)
    if len(found) > 1:
        return ToolResult(text=texts.listing(found), data=data)
    result = found[0].result
    return ToolResult(
        text=texts.result(found[0]),
        citations=result.citations if result else (),
        artifacts=result.artifacts if result else (),
        warnings=result.warnings if result else (),
        data=data,
    )


async def _named(context: ToolContext, job_id: str) -> Sequence[Job]:
    """The job, if it is this conversation's: an unknown one and somebody else's are the same nothing."""
    job = await context.jobs.get(job_id)
    return [job] if job is not None and job.conversation == context.conversation else []


async def _newest(context: ToolContext) -> Sequence[Job]:
    """What goes on, or if nothing does what was begun last."""
    jobs = await context.jobs.list_jobs(conversation=context.conversation, limit=LISTED)
    return [job for job in jobs if not job.ended] or jobs[:1]
