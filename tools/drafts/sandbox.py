"""What a template may do, in Markdown as in Word, and what a value may be: it calls nothing and does no sums."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Never

if TYPE_CHECKING:
    from jinja2 import nodes
    from jinja2.runtime import Context
    from jinja2.sandbox import SandboxedEnvironment

_FILTERS = ("default", "first", "join", "last", "length", "lower", "title", "trim", "upper")
_UNPRINTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ue000-\uf8ff\ufffe\uffff]|[\ud800-\udfff]"
)
"""Control characters, those that turn the direction of what follows, private ones and halves of pairs."""


def closed(finalize: Callable[..., object]) -> "SandboxedEnvironment":
    """Jinja that knows values, conditions and loops; it calls nothing and does no sums.

    Args:
        finalize: What is done to each value where it is put in.
    """
    from jinja2 import StrictUndefined
    from jinja2.exceptions import SecurityError
    from jinja2.sandbox import SandboxedEnvironment

    class Closed(SandboxedEnvironment):
        intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})

        def is_safe_callable(self, obj: Any) -> bool:
            return False

        def call_binop(self, context: "Context", operator: str, left: Any, right: Any) -> Never:
            raise SecurityError(f"a template does no sums ({operator})")

    environment = Closed(undefined=StrictUndefined, finalize=finalize, keep_trailing_newline=True)
    environment.globals.clear()
    environment.filters = {name: environment.filters[name] for name in _FILTERS}
    return environment


def foreign(tree: "nodes.Template") -> "nodes.Node | None":
    """Where a template takes in another file."""
    from jinja2 import nodes

    return next(tree.find_all((nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)), None)


def clean(text: str) -> str:
    """A value as it may stand in a document: no control characters, and one kind of line break."""
    return _UNPRINTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))
