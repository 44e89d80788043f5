"""docs/settings.md, made from the settings themselves so that it can't drift: `--write` puts it there."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from switchboard.settings import PREFIX, PROFILES, Settings

INTRODUCTION = """# Settings

This page is made by `scripts/settings_page.py`; change the descriptions in `switchboard/settings.py`.

Nothing has to be set. What is set stands in `switchboard.toml` in the folder from which you start, or in the file that
`SWITCHBOARD_CONFIG` or `--config` names. A variable goes before the file: `SWITCHBOARD_TURN__BUSY` is `busy` in the
table `[turn]`, and a list is written with commas. Everything is checked at the start; what is wrong is told with its
line, or its variable, and how to mend it. `switchboard doctor` shows what is in force.

A file that sets something everywhere:

```toml
profile = "embedded"
tenant = "example"
data_dir = "/var/lib/switchboard"

[turn]
busy = "queue"
deadline_seconds = 120

[limits]
upload_bytes = 20_000_000

[tools.deadlines]
search_documents = 10

[channels.websocket]
port = 9000
origins = ["https://intranet.example.org"]
```
"""


def page() -> str:
    """The whole page."""
    parts = [INTRODUCTION, "## At the top of the file\n\n" + "\n".join(table(Settings))]
    parts += [f"## `[{name}]`\n\n{about}\n\n" + "\n".join(table(model)) for name, about, model in tables(Settings)]
    return "\n\n".join(part.strip("\n") for part in [*parts, profiles()]) + "\n"


def tables(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, str, type[BaseModel]]]:
    """Every table: its name, what it is about and its settings."""
    for name, field in model.model_fields.items():
        if kind := table_of(field):
            yield prefix + name, (kind.__doc__ or "").strip(), kind
            yield from tables(kind, f"{prefix}{name}.")


def table_of(field: FieldInfo) -> type[BaseModel] | None:
    """The settings behind a field that is a table of its own."""
    kind = field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def table(model: type[BaseModel]) -> Iterator[str]:
    """A model's own settings as a Markdown table."""
    yield "| setting | default | what it does |"
    yield "|---|---|---|"
    for name, field in model.model_fields.items():
        if not table_of(field):
            about = " ".join(filter(None, [field.description, bounds(field)])).replace("|", r"\|")
            yield f"| `{name}` | {default(model, name, field)} | {about} |"


def default(model: type[BaseModel], name: str, field: FieldInfo) -> str:
    """A default as TOML writes it; a backend's comes from the profile."""
    if name in PROFILES["embedded"] and model is Settings.model_fields["backends"].annotation:
        return "by profile"
    value = field.get_default(call_default_factory=True)
    return f"`{toml(value)}`"


def toml(value: Any) -> str:
    """A plain value as TOML writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return f"{value:_}" if value >= 10_000 else str(value)
    if isinstance(value, tuple | list):
        return f"[{', '.join(toml(item) for item in value)}]"
    if isinstance(value, dict):
        return "{}" if not value else "{ " + ", ".join(f"{key} = {toml(item)}" for key, item in value.items()) + " }"
    return f"{value:g}" if isinstance(value, float) else f'"{value}"'


def bounds(field: FieldInfo) -> str:
    """The range of a number."""
    words = {"ge": "at least", "gt": "more than", "le": "at most"}
    limits = [(words[name], getattr(item, name, None)) for item in field.metadata for name in words]
    said = [f"{word} {toml(limit)}" for word, limit in limits if isinstance(limit, int | float)]
    return f"{', '.join(said).capitalize()}." if said else ""


def profiles() -> str:
    """Which backends a profile brings."""
    lines = ["## What a profile brings", "", f"| backend | {' | '.join(PROFILES)} |", f"|---|{'---|' * len(PROFILES)}"]
    for role in PROFILES["embedded"]:
        chosen = [f"`{brought[role]}`" if brought[role] else "must be set" for brought in PROFILES.values()]
        lines.append(f"| `{role}` | {' | '.join(chosen)} |")
    variable = f"`{PREFIX}BACKENDS__CHAT_MODEL`"
    lines += ["", f"One backend alone is changed by its name in `[backends]`, or by a variable such as {variable}."]
    return "\n".join(lines)


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        (Path(__file__).resolve().parent.parent / "docs" / "settings.md").write_text(page(), encoding="utf-8")
    else:
        sys.stdout.write(page())
