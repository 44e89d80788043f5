"""Who may import whom, and what must not be imported before it is needed."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HEAVY = ("langgraph", "langchain", "langchain_core", "boto3", "botocore", "numpy", "onnxruntime", "starlette", "rich")
PACKAGES = ("switchboard", "stores", "prompts", "tools", "agent", "channels", "evals")


def imported_by(statement: str) -> set[str]:
    """The top-level modules that a fresh interpreter holds after a statement."""
    code = f"{statement}; import sys; print(*{{name.partition('.')[0] for name in sys.modules}})"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(result.stdout.split())


def test_imports_only_go_down() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("package", PACKAGES)
def test_importing_a_package_loads_nothing_heavy(package: str) -> None:
    assert not imported_by(f"import {package}").intersection(HEAVY)


def test_importing_everything_loads_nothing_heavy() -> None:
    assert not imported_by(f"import {', '.join(PACKAGES)}").intersection(HEAVY)


def test_the_words_need_only_the_standard_library() -> None:
    third_party = imported_by("import switchboard") - imported_by("pass") - sys.stdlib_module_names
    assert third_party == {"switchboard"}


RECEIVING = """
import os
os.environ |= {"SWITCHBOARD_PROFILE": "aws", "SWITCHBOARD_AWS__BUCKET": "b", "SWITCHBOARD_AWS__QUEUE_URL": "q"}
os.environ |= {"CHANNEL": "terminal"}
import asyncio
from infra.functions import receive
asyncio.run(receive._receiver())
"""


def test_what_receives_messages_loads_neither_the_agent_nor_what_it_needs() -> None:
    loaded = imported_by(f"exec({RECEIVING!r})")
    assert not loaded.intersection({"agent", "tools", "prompts", *HEAVY})


TAKING_FRAMES = """
import os
os.environ |= {"SWITCHBOARD_PROFILE": "aws", "SWITCHBOARD_AWS__BUCKET": "b", "SWITCHBOARD_AWS__QUEUE_URL": "q"}
os.environ |= {"SWITCHBOARD_AWS__TABLE": "t", "SWITCHBOARD_CHANNELS__GATEWAY__SECRET": "s" * 32}
import asyncio
from infra.functions import connect, disconnect, frames
asyncio.run(connect._kept()), asyncio.run(frames._desk())
"""


def test_what_takes_a_gateways_frames_loads_no_model_and_no_graph() -> None:
    assert not imported_by(f"exec({TAKING_FRAMES!r})").intersection({"tools", "prompts", *HEAVY})


def test_the_queue_needs_neither_settings_nor_the_sdk_before_it_sends() -> None:
    assert not imported_by("import channels.receiving, stores.sqs").intersection({"pydantic", "boto3", "botocore"})
