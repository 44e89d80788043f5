"""The pytest plug-in, as strangers use it: by its options, in a process and a folder of their own."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BROKEN = '''
from dataclasses import dataclass
from switchboard import Conversation, Limits, Message, MessageId, Principal, Receipt

class Shouting:
    """A channel that cuts answers off."""

    contract = "shouting:ShoutingContract"
    name, limits = "shouting", Limits(text=100)

    def parse(self, payload):
        id, sender, text = payload
        place = Conversation(tenant="local", channel=self.name, room=sender)
        return [Message(id=MessageId(id), conversation=place, principal=Principal(id=sender), text=text)]

    def render(self, reply):
        return [reply.text[:100].upper()]

    async def send(self, message, parts, *, again=False):
        return Receipt(delivered=True)


def __getattr__(name):
    import pytest
    from switchboard.testing.channel import ChannelContract

    class ShoutingContract(ChannelContract):
        @pytest.fixture
        def channel(self):
            return Shouting()

        def payload(self, text, *, id, sender):
            return (id, sender, text)

    return {"ShoutingContract": ShoutingContract}[name]
'''


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run pytest in a folder that is nobody's checkout."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "SWITCHBOARD_"))}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *arguments]
    return subprocess.run(
        command, cwd=folder, env={**kept, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )


def test_what_keeps_its_contract_passes(tmp_path: Path) -> None:
    targets = (
        "channel=tests.testing.test_channel:TestFakeChannel",
        "tool=tools.retrieval:list_documents",
        "tool=tests.testing.sample_tool:echo",
        "retriever=tools.retrieval:embedded_library",
    )
    result = run(
        tmp_path, *(f"--switchboard-{each}" for each in targets), "-vv", "-k", "source_is or description or names"
    )
    assert result.returncode == 0, result.stdout + result.stderr
    for target in targets:
        assert re.search(rf"^{target.replace('=', ' ')}::.* PASSED", result.stdout, re.MULTILINE), target


def test_what_breaks_its_contract_fails_and_says_where(tmp_path: Path) -> None:
    (tmp_path / "shouting.py").write_text(BROKEN, encoding="utf-8")
    result = run(tmp_path, "--switchboard-channel=shouting:Shouting", "-k", "long_answer or source")
    assert result.returncode == 1, result.stdout + result.stderr
    assert "channel shouting:Shouting::ShoutingContract::test_a_source_is_named" in result.stdout
    assert "assert 'Travel policy' in " in result.stdout


def test_the_suites_are_run_besides_the_tests_that_are_there(tmp_path: Path) -> None:
    (tmp_path / "test_mine.py").write_text("def test_mine(): pass\n", encoding="utf-8")
    result = run(tmp_path, "--switchboard-tool=tests.testing.sample_tool:echo", "-k", "mine or description")
    assert "2 passed" in result.stdout, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("nothing", "write it as MODULE:NAME"),
        ("no_such_module:Channel", "it can't be imported"),
        ("switchboard:NoSuchName", "it can't be imported"),
        ("switchboard:Limits", "name a class that inherits from switchboard.testing.channel.ChannelContract"),
    ],
)
def test_what_can_not_be_tested_is_told_with_a_way_out(pytester: pytest.Pytester, target: str, said: str) -> None:
    options = ("-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:asyncio")
    result = pytester.runpytest_inprocess(*options, f"--switchboard-channel={target}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert said in result.stderr.str()


def test_the_plug_in_loads_nothing_before_it_is_asked_to() -> None:
    code = "import sys, switchboard_pytest; print([name for name in sys.modules if name.startswith('switchboard.')])"
    printed = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert printed.strip() == "[]"
