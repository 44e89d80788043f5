"""ministack as a process beside the tests: an emulator of Amazon's services that keeps its state, on a free port.

It lives in an environment of its own, as it pins another version of Amazon's SDK than we use;
`scripts/bootstrap.sh dev` makes that environment.
"""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAM = Path(__file__).resolve().parent.parent / ".venv" / "ministack" / "bin" / "ministack"
MISSING = f"ministack is not installed in {PROGRAM.parent.parent.name}: run scripts/bootstrap.sh dev"
PATIENCE = 60.0
"""Seconds that it may take to start, on a machine that is busy with everything else."""


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The address of a server that has nothing in it; it ends with the block.

    Args:
        folder: Where it may write: its log and what it thinks is the machine's folder for such things.
    """
    port = _free_port()
    log = folder / "log"
    own = {"BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(port), "TMPDIR": str(folder), "HOME": str(folder)}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [PROGRAM],
            cwd=folder,
            env={"PATH": os.defpath, **own},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        _await(process, port, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    give_up = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < give_up:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"ministack did not start:\n{log.read_text(errors='replace')[-2_000:]}")
