"""Jobs of a conversation: which there are, how far one is, its news as they come, and the end of an unwanted one."""

from collections.abc import AsyncGenerator

from starlette.responses import JSONResponse, Response

from channels.http import naming, texts
from channels.http.house import Call
from channels.http.problems import problem_of
from channels.http.streaming import EventStream, frame
from channels.http.views import JobList, job_view, news_view
from channels.websocket.failures import describe
from switchboard import BadInput, Job, SwitchboardError
from switchboard.wire import to_json


async def jobs(call: Call) -> Response:
    """The conversation's jobs, newest first."""
    found = await call.house.assistant.jobs(call.conversation())
    return JSONResponse(to_json(JobList(jobs=tuple(job_view(one, call.links) for one in found))))


async def job(call: Call) -> Response:
    """How far a job is and, once it has ended, what it came to."""
    return JSONResponse(to_json(job_view(await _job(call), call.links)))


async def events(call: Call) -> Response:
    """How far a job is, now and whenever that changes, until its result was told."""
    found = await _job(call)
    return EventStream(_frames(call, found), heartbeat=call.house.heartbeat, patience=call.house.patience)


async def cancel(call: Call) -> Response:
    """Ask for a job to end. It takes a moment: the address of the job tells when it has."""
    found = await _job(call)
    if not await call.house.assistant.cancel_job(found.conversation, found.id):
        raise BadInput(texts.JOB_ENDED, status=409)
    return JSONResponse(to_json(job_view(await _job(call), call.links)), 202)


async def _frames(call: Call, job: Job) -> AsyncGenerator[bytes, None]:
    try:
        async for news in call.house.assistant.watch_job(job.conversation, job.id):
            yield frame(to_json(news_view(news, job.conversation, call.links)), event="job")
    except SwitchboardError as error:
        yield frame(to_json(problem_of(describe(error))), event="error")


async def _job(call: Call) -> Job:
    wanted = call.path("job", naming.JOB_ID, missing=texts.NO_JOB)
    found = await call.house.assistant.job(call.conversation(), wanted)
    if found is None:
        raise BadInput(texts.NO_JOB, status=404)
    return found
