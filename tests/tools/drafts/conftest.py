"""Drafts without an assistant: what was said becomes a state, and a state becomes files."""

from collections.abc import Callable
from datetime import date

import pytest

from tools.drafts.gathering import State, gather
from tools.drafts.loading import built_in
from tools.drafts.settings import DraftSettings
from tools.drafts.templates import Template
from tools.drafts.understanding import Setting

TODAY = date(2026, 3, 1)
TEMPLATES = {template.name: template for template in built_in()}
Gathered = Callable[..., State]


@pytest.fixture
def templates() -> dict[str, Template]:
    return TEMPLATES


@pytest.fixture
def gathered() -> Gathered:
    """The state of a kind of draft after some texts, on 1 March 2026."""

    def make(kind: str, *said: str, language: str = "en", settings: DraftSettings | None = None) -> State:
        return gather(said, TEMPLATES[kind], Setting(language=language, today=TODAY), settings or DraftSettings())

    return make
