"""From ``module:name`` on pytest's command line to the suite that it is held to."""

import inspect
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from switchboard.plugins import Setup
from switchboard.settings import load
from switchboard.tools import Tool

CONTRACTS: Mapping[str, str] = {
    "channel": "switchboard.testing.channel:ChannelContract",
    "tool": "switchboard.testing.tool:ToolContract",
    "retriever": "switchboard.testing.retriever:RetrieverContract",
}
"""By name, as each loads what it needs, and only those that are asked for are run."""
PAGES: Mapping[str, str] = {"channel": "add-a-channel", "tool": "add-a-tool", "retriever": "testing"}


class BadTarget(Exception):
    """What was named can't be held to a suite; the text says why, and what to name instead."""


def suite(kind: str, target: str) -> type:
    """The class of tests for a target.

    Args:
        kind: ``channel``, ``tool`` or ``retriever``.
        target: ``module:name`` of a class of one's own that inherits from the contract; of a channel whose attribute
            ``contract`` names such a class; of a tool, or of what the entry point of a tool or a retriever names.

    Raises:
        BadTarget: There is nothing of that name, or it is nothing of the kind.
    """
    found = _found(target)
    if isinstance(named := getattr(found, "contract", None), str):
        found = _found(named)
    contract: type = _found(CONTRACTS[kind])
    if inspect.isclass(found) and issubclass(found, contract):
        made = found
    elif kind == "tool" and (isinstance(found, Tool) or callable(found)):
        made = _tool_suite(found)
    elif kind == "retriever" and callable(found) and not inspect.isclass(found):
        made = _retriever_suite(found)
    else:
        raise BadTarget(
            f"name a class that inherits from {contract.__module__}.{contract.__name__}, in which you say how yours is"
            f" made; docs/{PAGES[kind]}.md shows one."
        )
    return type(made.__name__, (made,), {"__test__": True, "__doc__": made.__doc__, "__module__": made.__module__})


def _found(target: str) -> Any:
    module_name, colon, name = target.partition(":")
    if not (colon and module_name and name):
        raise BadTarget("write it as MODULE:NAME.")
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))  # as `python -m` has it: the target may be a file in this folder
    try:
        return getattr(import_module(module_name), name)
    except (ImportError, AttributeError) as error:
        raise BadTarget(f"it can't be imported ({error}).") from error


def _setup(folder: Path) -> Setup:
    return Setup(load(None, {"SWITCHBOARD_DATA_DIR": str(folder)}))


def _tool_suite(found: Tool | Callable[[Setup], Tool]) -> type:
    from switchboard.testing.tool import ToolContract

    class ToolSuite(ToolContract):
        @pytest.fixture
        def tool(self, tmp_path: Path) -> Tool:
            return found if isinstance(found, Tool) else found(_setup(tmp_path))

    return ToolSuite


def _retriever_suite(found: Callable[[Setup, str], Any]) -> type:
    from switchboard.testing.retriever import RetrieverContract

    class RetrieverSuite(RetrieverContract):
        @pytest.fixture
        def library(self, tmp_path: Path) -> Any:
            return found(_setup(tmp_path), "")

    return RetrieverSuite
