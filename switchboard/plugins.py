"""The extension points, all of them: channels, tools, jobs and backends are found by name through entry points.

A distribution offers a piece by an entry point in one of four groups:

``switchboard.tools``
    a `Tool`, or a function ``(setup) -> Tool`` where the tool needs a backend.
``switchboard.jobs``
    a `JobKind`, or a function ``(setup) -> JobKind``, called as the kind is.
``switchboard.channels``
    a function ``(setup) -> channel``; its name is what the settings enable.
``switchboard.backends``
    a function ``(setup, name) -> backend``; the entry point is called ``<role>.<name>``, as in ``retriever.embedded``.
    A name may go on after a colon (``bedrock:some-model``); what follows is for the backend.

Names are read first; only what the settings enable is imported.
"""

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import EntryPoint, EntryPoints, entry_points
from typing import TYPE_CHECKING, Any, Literal, cast

from switchboard.errors import ConfigError
from switchboard.jobs import JobKind
from switchboard.tools import Tool

if TYPE_CHECKING:
    from switchboard.settings import Settings
    from switchboard.tables import Model

Group = Literal["switchboard.tools", "switchboard.jobs", "switchboard.channels", "switchboard.backends"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugin:
    """Something that is installed.

    Attributes:
        name: As the settings name it.
        origin: The distribution and version that brought it.
        target: Where it is, as ``module:attribute``.
        enabled: Whether the settings use it.
    """

    name: str
    origin: str
    target: str
    enabled: bool


@dataclass
class Setup:
    """The settings and the backends that they name, each made once, when first asked for.

    Attributes:
        given: Backends by role that are used instead of what the settings name, and under ``tools`` the tools that are
            used instead of the installed ones, under ``job_kinds`` the kinds of jobs; tests and embedders give these.
        extra_tools: Tools besides the installed ones.
        extra_jobs: Kinds of jobs besides the installed ones.
    """

    settings: "Settings"
    given: Mapping[str, Any] = field(default_factory=dict)
    extra_tools: Sequence[Tool] = ()
    extra_jobs: Sequence[JobKind] = ()
    _made: dict[str, Any] = field(default_factory=dict)

    def backend(self, role: str) -> Any:
        """The backend that serves a role.

        Raises:
            ConfigError: The settings name none, or one that is not installed.
        """
        if role in self.given:
            return self.given[role]
        if role not in self._made:
            name = getattr(self.settings.backends, role)
            self._made[role] = self._make(role, name)
        return self._made[role]

    def table(self, group: Literal["channels", "tools"], name: str, model: "type[Model]", *, page: str = "") -> "Model":
        """A plug-in's own table of the settings, such as ``[channels.pager]``; see `switchboard.tables`.

        Raises:
            ConfigError: Something in it is wrong.
        """
        from switchboard.tables import table  # pydantic is only needed once there is something to check

        return table(self.settings, group, name, model, page=page)

    def made(self) -> Mapping[str, Any]:
        """The backends that exist by now, by role."""
        return {**self._made, **self.given}

    def _make(self, role: str, name: str) -> Any:
        stem = name.partition(":")[0]
        found = self._installed("switchboard.backends")
        point = found.get(f"{role}.{stem}") or found.get(f"{role}.*")
        if not name or point is None:
            known = sorted(key.removeprefix(f"{role}.") for key in found if key.startswith(f"{role}."))
            problem = f"There is no {role} called {name!r}." if name else f"The settings name no {role}."
            raise ConfigError(problem, fix=_choice(stem, known), where=f"backends.{role}")
        factory: Callable[[Setup, str], Any] = _load(point)
        return factory(self, name)

    @cached_property
    def tools(self) -> tuple[Tool, ...]:
        """The tools that the settings enable, by name.

        Raises:
            ConfigError: One is not installed, is broken, or two have the same name.
        """
        if "tools" in self.given:
            return tuple(self.given["tools"])
        made: dict[str, Tool] = {}
        for name in self._enabled("switchboard.tools", self.settings.tools.enabled):
            loaded = _load(self._installed("switchboard.tools")[name])
            made[name] = loaded if isinstance(loaded, Tool) else loaded(self)
        for tool in self.extra_tools:
            if tool.name in made:
                raise ConfigError(f"Two tools are called {tool.name}.", fix="Give one another name.", where="tools")
            made[tool.name] = tool
        return tuple(made.values())

    @cached_property
    def jobs(self) -> Mapping[str, JobKind]:
        """The kinds of jobs that are installed, by name.

        Raises:
            ConfigError: One is broken or goes by another name than it was installed under, or two have the same name.
        """
        if "job_kinds" in self.given:
            return {kind.name: kind for kind in self.given["job_kinds"]}
        made: dict[str, JobKind] = {}
        for name, point in sorted(self._installed("switchboard.jobs").items()):
            loaded = _load(point)
            made[name] = loaded if isinstance(loaded, JobKind) else loaded(self)
            if made[name].name != name:
                fix = f"Call the entry point {made[name].name!r}, too."
                raise ConfigError(f"The job {name!r} calls itself {made[name].name!r}.", fix=fix, where="jobs")
        for kind in self.extra_jobs:
            if kind.name in made:
                raise ConfigError(f"Two kinds of jobs are called {kind.name}.", fix="Rename one.", where="jobs")
            made[kind.name] = kind
        return made

    def channel(self, name: str) -> Any:
        """A channel by name.

        Raises:
            ConfigError: It is not installed or not enabled.
        """
        if name not in self._enabled("switchboard.channels", self.settings.channels.enabled):
            known = sorted(self._installed("switchboard.channels"))
            raise ConfigError(
                f"There is no channel called {name!r}.", fix=_choice(name, known), where="channels.enabled"
            )
        return _load(self._installed("switchboard.channels")[name])(self)

    def installed(self, group: Group) -> list[Plugin]:
        """What is installed in a group, by name, without importing any of it."""
        chosen = {
            "switchboard.tools": self.settings.tools.enabled,
            "switchboard.channels": self.settings.channels.enabled,
        }.get(group, ())
        return [
            Plugin(
                name=name,
                origin=f"{point.dist.name} {point.dist.version}" if point.dist else "",
                target=point.value,
                enabled=not chosen or name in chosen,
            )
            for name, point in sorted(self._installed(group).items())
        ]

    def _enabled(self, group: Group, chosen: Sequence[str]) -> list[str]:
        found = sorted(self._installed(group))
        for name in chosen:
            if name not in found:
                kind = group.removeprefix("switchboard.")
                raise ConfigError(f"There is no {kind[:-1]} called {name!r}.", fix=_choice(name, found), where=kind)
        return [name for name in found if not chosen or name in chosen]

    def _installed(self, group: Group) -> dict[str, EntryPoint]:
        return {point.name: point for point in self._points.select(group=group)}

    @cached_property
    def _points(self) -> EntryPoints:
        """All that is installed: a file of every distribution, so they are read once."""
        return cast("EntryPoints", entry_points())  # in Python 3.11 a mapping, which can select as well


def _load(point: EntryPoint) -> Any:
    try:
        return point.load()
    except (ImportError, AttributeError) as error:
        origin = point.dist.name if point.dist else point.value
        raise ConfigError(
            f"{point.name} can't be loaded: {error}.",
            fix=f"Install what {origin} needs, or disable it.",
            where=point.group,
        ) from error


def _choice(name: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    if close:
        return f"Did you mean {close[0]}?"
    return f"Installed are: {', '.join(known)}." if known else "None is installed."
