"""Makes the pictures of the documentation: the web chat as it is, on the sample library, in a real browser.

Run as ``python scripts/make_pictures.py [FOLDER]``; without a folder they are written to ``docs/pictures``. It needs
Chromium, as the tests do, and takes half a minute.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = "/usr/bin/chromium"
TALK = ("What is the hotel limit in London?", "Summarise the travel policy")
SIZE = (1080, 1240)
PATIENCE = 60_000
"""Milliseconds for an answer."""


@contextmanager
def serving() -> Iterator[str]:
    """The assistant with the sample library on data of its own; its address."""
    with tempfile.TemporaryDirectory() as data:
        environment = {**os.environ, "SWITCHBOARD_DATA_DIR": data}
        command = [sys.executable, "-m", "switchboard"]
        ingest, serve = [*command, "ingest", "samples", "--public"], [*command, "serve", "--port", "0"]
        subprocess.run(ingest, cwd=ROOT, env=environment, check=True)  # noqa: S603 - our own program
        server = subprocess.Popen(serve, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)  # noqa: S603
        try:
            assert server.stdout is not None
            said = (re.search(r"http://[\d.:]+\S*", line) for line in server.stdout)
            yield next(found[0] for found in said if found)
        finally:
            server.terminate()
            server.wait()


def talk(page: Page, address: str) -> None:
    """A person asks, and waits for each answer to be whole."""
    page.goto(address)
    for number, text in enumerate(TALK, start=1):
        page.get_by_role("textbox").fill(text)
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Copy").nth(number - 1).wait_for(timeout=PATIENCE)


def main() -> None:
    """Make them."""
    folder = Path(sys.argv[1]) if sys.argv[1:] else ROOT / "docs" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    width, height = SIZE
    with serving() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": width, "height": height})
        talk(page, address)
        page.screenshot(path=folder / "chat.png", animations="disabled")
        browser.close()


if __name__ == "__main__":
    main()
