"""The pytest plug-in: ``--switchboard-channel``, ``-tool`` and ``-retriever`` run the conformance suites on a target.

It is no part of a package, and imports nothing of Switchboard before it is asked to: pytest loads it before it can
measure coverage or rewrite assertions, and both need to see the import.
"""

import warnings
from pathlib import Path

import pytest

KINDS = ("channel", "tool", "retriever")
HELP = "run the conformance suite for a %s on this; may be given several times"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("switchboard", "Switchboard")
    for kind in KINDS:
        group.addoption(f"--switchboard-{kind}", action="append", default=[], metavar="MODULE:NAME", help=HELP % kind)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Let failures of the suites be explained, if any will run; their tests take any scope of event loops."""
    if _targets(config):
        pytest.register_assert_rewrite("switchboard.testing")
        warnings.filterwarnings("ignore", message=".*asyncio_default_fixture_loop_scope.* is unset")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    """Add the suites to whatever else is run, before anything is deselected."""
    for kind, target in _targets(config):
        items.extend(session.genitems(_module(session, kind, target)))


def _targets(config: pytest.Config) -> list[tuple[str, str]]:
    return [(kind, target) for kind in KINDS for target in config.getoption(f"--switchboard-{kind}")]


def _module(session: pytest.Session, kind: str, target: str) -> pytest.Module:
    """A module that holds the suite and nothing else."""
    from types import ModuleType

    from switchboard.testing import conformance

    try:
        suite = conformance.suite(kind, target)
    except conformance.BadTarget as error:
        raise pytest.UsageError(f"--switchboard-{kind} {target}: {error}") from None
    module = pytest.Module.from_parent(session, path=Path(conformance.__file__), nodeid=f"{kind} {target}")
    module.obj = ModuleType(f"switchboard_{kind}", suite.__doc__)
    setattr(module.obj, suite.__name__, suite)
    return module
