"""The worked example keeps the contract, and does what people expect of an assistant that they write to by e-mail."""

import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path

import pytest

from examples.mail_channel import Mail, MailChannel
from examples.mail_contract import MailContract, Server
from switchboard import BadInput, Reply
from switchboard.testing.assistant import FakeAssistant

ROOT = Path(__file__).resolve().parents[2]


class TestMail(MailContract):
    """The suite that every channel passes."""


def a_channel() -> MailChannel:
    return MailChannel(Server().submit, address="assistant@example.com")


def a_mail(text: str = "How much is the allowance?", **headers: str) -> EmailMessage:
    mail = EmailMessage()
    for name, value in {"From": "Ann <Ann@example.org>", "Message-ID": "<1@example.org>", **headers}.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail


def given(mail: EmailMessage) -> Mail:
    return Mail(raw=mail.as_bytes(), authenticated=True)


def test_the_first_mail_begins_a_thread_and_its_subject_belongs_to_it() -> None:
    (message,) = a_channel().parse(given(a_mail(Subject="Travel")))
    assert (message.conversation.room, message.conversation.thread) == ("ann@example.org", "<1@example.org>")
    assert message.text == "Travel\n\nHow much is the allowance?"
    assert message.push


@pytest.mark.parametrize(
    "headers", [{"References": "<1@example.org> <2@example.com>"}, {"In_Reply_To": "<1@example.org>"}]
)
def test_an_answer_belongs_to_the_thread_of_the_first_mail(headers: dict[str, str]) -> None:
    first, answer = a_mail(), a_mail("And abroad?", Subject="Re: Travel", **headers)
    answer.replace_header("Message-ID", "<3@example.org>")
    channel = a_channel()
    places = [channel.parse(given(mail))[0] for mail in (first, answer)]
    assert places[0].conversation == places[1].conversation
    assert places[1].text == "And abroad?"


def test_a_thread_that_somebody_else_names_is_not_theirs() -> None:
    channel = a_channel()
    (mine,) = channel.parse(given(a_mail()))
    (theirs,) = channel.parse(given(a_mail(From="eve@example.org", References="<1@example.org>")))
    assert mine.conversation != theirs.conversation


@pytest.mark.parametrize(
    "tail", ["-- \nAnn Ash", "> It was so.\n> Really.", "On Monday, Bob\n<bob@example.org> wrote:\n\n> No."]
)
def test_signatures_and_quotes_are_left_out(tail: str) -> None:
    (message,) = a_channel().parse(given(a_mail(f"And abroad?\n\n{tail}\n")))
    assert message.text == "And abroad?"


def test_html_is_read_where_there_is_no_plain_text() -> None:
    mail = a_mail()
    mail.set_content("<style>p {}</style><p>And <b>abroad</b> &amp; at home?</p>", subtype="html")
    (message,) = a_channel().parse(given(mail))
    assert message.text.split() == ["And", "abroad", "&", "at", "home?"]


@pytest.mark.parametrize("headers", [{"Auto_Submitted": "auto-replied"}, {"Precedence": "bulk"}])
def test_what_a_machine_wrote_is_not_answered(headers: dict[str, str]) -> None:
    assert a_channel().parse(given(a_mail(**headers))) == ()


def test_what_the_assistant_wrote_is_not_answered() -> None:
    assert a_channel().parse(given(a_mail(From="assistant@example.com"))) == ()


def test_who_is_not_authenticated_is_not_verified() -> None:
    (message,) = a_channel().parse(Mail(raw=a_mail().as_bytes()))
    assert not message.principal.verified


@pytest.mark.parametrize("sender", ["", "nobody", "Ann <ann@example.org\u00e9>"])
def test_a_mail_from_nobody_is_refused(sender: str) -> None:
    mail = a_mail()
    del mail["From"]
    raw = f"From: {sender}\n".encode() + mail.as_bytes()
    with pytest.raises(BadInput, match="sender"):
        a_channel().parse(Mail(raw=raw))


async def test_a_reply_is_threaded_and_says_that_a_machine_wrote_it() -> None:
    server = Server()
    channel = MailChannel(server.submit, address="assistant@example.com")
    (message,) = channel.parse(given(a_mail(Subject="Travel")))
    await channel.send(message, channel.render(Reply(text="Forty euros.", status="complete")))
    (mail,) = server.mails.values()
    assert (mail["To"], mail["In-Reply-To"]) == ("ann@example.org", "<1@example.org>")
    assert mail["Subject"] == "Re: Travel How much is the allowance?"
    assert mail["Auto-Submitted"] == "auto-replied"
    assert channel.parse(given(mail)) == ()


async def test_files_are_kept_for_the_conversation_before_the_message_is_offered() -> None:
    mail, assistant, channel = a_mail(), FakeAssistant(), a_channel()
    mail.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="travel.pdf")
    await channel.take(given(mail), assistant)
    (message,) = channel.parse(given(mail))
    (turn,) = await assistant.transcript(message.conversation)
    (file,) = turn.message.attachments
    assert (file.name, file.media_type, file.size) == ("travel.pdf", "application/pdf", 4)
    assert await assistant.blobs.read(file.digest, owner=message.conversation.key) == b"%PDF"
    await assistant.close()


def test_the_example_is_proven_by_one_command(tmp_path: Path) -> None:
    target = "--switchboard-channel=examples.mail_channel:MailChannel"
    chosen = ["-k", "source_is_named or confirmed or file", "-p", "no:cacheprovider", "-p", "no:xdist"]
    command = [sys.executable, "-m", "pytest", "-q", "-rA", *chosen, "--rootdir", str(tmp_path), target, str(tmp_path)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "MailContract::test_a_source_is_named" in result.stdout
