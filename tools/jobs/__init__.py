"""What became of work that goes on after its turn, for whoever asks in the same conversation."""

from switchboard.plugins import Setup
from switchboard.tools import Tool


def check_job(setup: Setup) -> Tool:
    """Tell how far the conversation's jobs are."""
    from tools.jobs.tool import check_job

    return check_job
