"""PDF of a Word file, by LibreOffice where it is installed: alone it shows a letterhead as Word does.

It runs in a folder of its own that is removed afterwards, with a fresh profile in which macros are off and links are
never followed, and within a time limit. Templates that take in anything from outside are refused before (`wordfiles`).
"""

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

PROGRAMS = ("soffice", "libreoffice")
SECONDS = 60.0
_KEPT = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "FONTCONFIG_PATH", "FONTCONFIG_FILE")
_ITEM = '<item oor:path="/org.openoffice.Office.{}"><prop oor:name="{}" oor:op="fuse"><value>{}</value></prop></item>'
_PROFILE = "\n".join(
    (
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<oor:items xmlns:oor="http://openoffice.org/2001/registry">',
        _ITEM.format("Common/Security/Scripting", "DisableMacrosExecution", "true"),
        _ITEM.format("Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
        _ITEM.format("Writer/Content/Update", "Link", "0"),
        "</oor:items>",
    )
)


def program() -> str | None:
    """Where LibreOffice is; ``None`` if it is not installed."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


def to_pdf(word: bytes, soffice: str, *, seconds: float = SECONDS) -> bytes | None:
    """The PDF of a Word file; ``None`` if LibreOffice could not make it in time.

    Takes about two seconds of processor time, as each run starts anew.
    """
    with tempfile.TemporaryDirectory(prefix="switchboard-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        profile = folder / "profile" / "user"
        profile.mkdir(parents=True)
        (profile / "registrymodifications.xcu").write_text(_PROFILE, encoding="utf-8")
        (folder / "draft.docx").write_bytes(word)
        _run(soffice, folder, seconds)
        made = folder / "draft.pdf"
        return made.read_bytes() if made.is_file() else None


def _run(soffice: str, folder: Path, seconds: float) -> None:
    command = [
        soffice,
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        *("--headless", "--norestore", "--nolockcheck", "--nologo", "--nodefault"),
        *("--convert-to", "pdf:writer_pdf_Export", "--outdir", str(folder), str(folder / "draft.docx")),
    ]
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ} | {"HOME": str(folder)}
    running = subprocess.Popen(  # noqa: S603 - a fixed program, and file names of our own
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        running.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(running.pid, signal.SIGKILL)  # soffice is a script that starts the program proper
        running.wait()
