"""Files from Slack: the token goes to Slack's hosts alone, and what is not the file is not taken for it."""

import json
from typing import Any

import pytest

from channels.slack.files import Files
from stores.memory import MemoryBlobStore
from switchboard import Attachment
from switchboard.testing.slack import FakeSlack, Trouble
from tests.channels.slack.shared import make, message


async def fetched(slack: FakeSlack, *, limit: int = 1_000, **source: str) -> tuple[Any, list[str]]:
    """What a message has once its file was fetched, and what is said if it could not be."""
    channel = make(slack)
    files = Files(channel.settings, channel.api, limit=limit)
    attachment = Attachment(name="r.txt", media_type="text/plain", size=5, source=json.dumps({"id": "F1", **source}))
    got, faults = await files.fetched(message(attachments=(attachment,)), MemoryBlobStore())
    return got.attachments, faults


async def test_a_file_is_fetched_with_the_apps_token(slack: FakeSlack) -> None:
    slack.downloads["/files/F1"] = ("text/plain", b"hello")
    ((attachment,), faults) = await fetched(slack, url=f"{slack.url}/files/F1")
    assert (attachment.size, attachment.source, faults) == (5, "", [])
    assert len(attachment.digest) == 64


async def test_slack_is_asked_where_a_file_is_that_the_message_does_not_say(slack: FakeSlack) -> None:
    slack.downloads["/files/F1"] = ("text/plain", b"hello")
    ((attachment,), _) = await fetched(slack)
    assert (attachment.name, attachment.media_type, attachment.size) == ("F1.txt", "text/plain", 5)


async def test_a_file_that_slack_does_not_know_is_told(slack: FakeSlack) -> None:
    slack.trouble("files.info", Trouble(error="file_not_found"))
    assert "did not hand it over" in (await fetched(slack))[1][0]


async def test_no_redirect_is_followed_as_it_would_take_the_token_along(slack: FakeSlack) -> None:
    slack.downloads["/files/F1"] = (f"redirect:{slack.url}/files/F2", b"")
    slack.downloads["/files/F2"] = ("text/plain", b"hello")
    attachments, (fault,) = await fetched(slack, url=f"{slack.url}/files/F1")
    assert attachments == ()
    assert "did not hand it over" in fault


async def test_more_bytes_than_were_announced_are_not_taken(slack: FakeSlack) -> None:
    slack.downloads["/files/F1"] = ("text/plain", b"x" * 2_000)
    attachments, (fault,) = await fetched(slack, url=f"{slack.url}/files/F1")
    assert attachments == ()
    assert "larger than 1 kB" in fault


async def test_a_host_that_hangs_up_is_told(slack: FakeSlack) -> None:
    with FakeSlack() as gone:
        channel = make(gone)
        url = f"{gone.url}/files/F1"
    files = Files(channel.settings, channel.api, limit=10)
    attachment = Attachment(name="r.txt", media_type="text/plain", size=5, source=json.dumps({"id": "F1", "url": url}))
    _, (fault,) = await files.fetched(message(attachments=(attachment,)), MemoryBlobStore())
    assert "did not arrive whole" in fault


async def test_what_is_in_the_store_already_is_left_alone(slack: FakeSlack) -> None:
    channel = make(slack)
    there = Attachment(name="r.txt", media_type="text/plain", size=5, digest="d")
    files = Files(channel.settings, channel.api, limit=10)
    got, faults = await files.fetched(message(attachments=(there,)), MemoryBlobStore())
    assert (got.attachments, faults) == ((there,), [])


@pytest.mark.parametrize(
    ("api", "url", "ours"),
    [
        ("https://slack.com/api/", "https://files.slack.com/x", True),
        ("https://slack.com/api/", "https://slack.com/x", True),
        ("https://slack-gov.com/api/", "https://files.slack-gov.com/x", True),
        ("https://slack.com/api/", "http://files.slack.com/x", False),
        ("https://slack.com/api/", "https://files.slack.com:8443/x", False),
        ("https://slack.com/api/", "https://evilslack.com/x", False),
        ("https://slack.com/api/", "https://slack.com@evil.example/x", False),
        ("https://slack.com/api/", "https://evil.example/slack.com", False),
        ("https://slack.com/api/", "https://[::1/x", False),
        ("https://slack.com/api/", "", False),
    ],
)
def test_the_token_goes_to_slacks_hosts_alone(api: str, url: str, ours: bool) -> None:
    channel = make(api_url=api)
    assert Files(channel.settings, channel.api, limit=1).is_slacks(url) is ours
