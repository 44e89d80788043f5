"""Sources as the index keeps them: one line of JSON each."""

import json

from switchboard.wire import from_json, to_json
from tools.retrieval.backend import Access, Source, Value


def dump(source: Source) -> str:
    """The source as JSON text; the same source always gives the same text."""
    return json.dumps(to_json(source, compact=True), sort_keys=True, separators=(",", ":"))


def load(text: str) -> Source:
    """Read back what `dump` wrote."""
    data = json.loads(text)
    attributes: dict[str, Value] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in data.pop("attributes", {}).items()
    }
    access = from_json(Access, data.pop("access", {}))
    return Source(access=access, attributes=attributes, **data)
