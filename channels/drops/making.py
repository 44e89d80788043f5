"""Orders as the settings want them, for the functions that hear of files and for the servers that take orders."""

from channels.drops.orders import Orders
from switchboard.plugins import Setup
from tools.summaries.assembling import QUOTING


def orders(setup: Setup) -> Orders:
    """What takes orders. Its stores are the installation's, and are closed with it.

    Raises:
        ConfigError: Something in the settings is wrong.
    """
    model = setup.settings.backends.chat_model
    return Orders(
        jobs=setup.backend("jobs"),
        queue=setup.backend("job_queue"),
        blobs=setup.backend("blobs"),
        quotas=setup.backend("quotas"),
        most_per_minute=setup.settings.limits.messages_per_minute,
        model="" if model == QUOTING else model,
    )
