"""Who somebody in Slack is to the rest of the house."""

from typing import TYPE_CHECKING

from switchboard import Principal

if TYPE_CHECKING:
    from channels.slack.settings import SlackSettings


def person(settings: "SlackSettings", team: str, user: str) -> Principal:
    """The principal of a user in a workspace: verified, as Slack has signed it, with the groups of the settings."""
    return Principal(id=f"{team}:{user}", groups=settings.groups_of(team, user), verified=True)
