"""``switchboard serve --lex`` as a process, with boto3 as its client."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

from .test_lex_runtime import PLACE, lex_client

SCRIPTED = Path(__file__).parents[1] / "terminal" / "scripted_assistant.py"
PROGRAM = """
import runpy, sys
from contextlib import asynccontextmanager
from switchboard.__main__ import main
from switchboard.commands import running

scripted = runpy.run_path(sys.argv[1])["ScriptedAssistant"]

@asynccontextmanager
async def instead(setup, **how):
    yield scripted()

running.assistant = instead
sys.exit(main(sys.argv[2:]))
"""


def test_the_command_serves_lex_clients_beside_the_web_chat(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-c",
        PROGRAM,
        str(SCRIPTED),
        "serve",
        "--lex",
        "--port",
        "0",
        "--data-dir",
        str(tmp_path),
    ]
    environment = {**os.environ, "SWITCHBOARD_CHANNELS__LEX__PORT": "0"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        lines = iter(process.stdout.readline, "")
        address = next(found[1] for line in lines if (found := re.search(r"Lex runtime is at (\S+)", line)))
        client = lex_client(address)
        first = client.recognize_text(**PLACE, text="How long is parental leave?")
        client.close()
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=60)
    assert first["messages"][0]["content"]
    assert first["sessionState"]["dialogAction"]["type"] == "Close"
    assert (process.returncode, errors) == (0, "")
