"""A quick start for functions that load the agent: what a turn never uses is not loaded before somebody asks for it.

Libraries load whole packages for the sake of one module in them. Here such a package begins as a package whose own code
has not run: its modules can be imported, and whoever asks the package itself for anything gets it, run by then as it
always is. Nothing is replaced or left out. Servers on a machine of their own start once and need none of this.
"""

import gc
import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from threading import RLock
from types import ModuleType
from typing import Any

from infra.functions.prepared import Prepared, opened, used

LATER = frozenset(
    {
        "langgraph_sdk",  # LangGraph needs one type of its server's client, not the client with HTTP and WebSockets
        "langsmith.types",  # LangSmith needs one of the 140 modules that describe its service
        "langchain_aws",  # the factory needs one chat model, not the retrievers, chains and stores
        "langchain_aws.chat_models",  # the same, not the older chat models
        "yaml",  # LangChain reads and writes prompts with it, which are not ours
        "jsonpatch",  # LangChain tells of its runs in patches with it, to whoever asks for them
        "anyio",  # LangSmith's client talks with it, asynchronously
        "distro",  # the same client tells the system's name with it
    }
)
"""Packages and modules, each with the reason why its own code need not run."""


@contextmanager
def quick_start(later: Collection[str] = LATER) -> Iterator[None]:
    """Import in this block, or in what it decorates, what a function needs: quicker than usual, with the same outcome.

    What the package carries worked out is taken from there. Besides packages two things wait. Garbage collection, as
    next to nothing of what is imported is garbage; what is there at the end is not looked at again. The validators of
    pydantic's models, of which a turn uses one in ten: they are built when first used.
    """
    prepared = opened()
    finder = _Finder(later, prepared)
    gc.disable()
    sys.meta_path.insert(0, finder)
    try:
        with _taken(prepared) if prepared else nullcontext(), _models_wait():
            yield
    finally:
        sys.meta_path.remove(finder)
        gc.freeze()
        gc.enable()


@contextmanager
def _taken(prepared: Prepared) -> Iterator[None]:
    with used(prepared):
        from infra.functions.described import Described
        from stores.aws import describe

        describe(lambda loader: Described(loader, prepared.description))
        yield


@contextmanager
def _models_wait() -> Iterator[None]:
    from pydantic import BaseModel

    BaseModel.model_config["defer_build"] = True  # every model inherits its base's
    try:
        yield
    finally:
        del BaseModel.model_config["defer_build"]


class _Finder(MetaPathFinder):
    """Finds packages as the usual one does, to be run later; other modules only where they are prepared."""

    def __init__(self, names: Collection[str], prepared: Prepared | None) -> None:
        self._names = names
        self._prepared = prepared

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        spec = self._prepared.find_spec(name, path, target) if self._prepared else None
        if name in self._names:
            spec = spec or PathFinder.find_spec(name, path, target)
            if spec is not None and spec.loader is not None:
                spec.loader = _Later(spec.loader)
        return spec


class _Later(Loader):
    """Loads a package without running it."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        spec = module.__spec__
        assert spec is not None
        spec.loader = module.__loader__ = self._loader
        spec.loader_state = _State(self._loader)
        module.__class__ = _Package


@dataclass
class _State:
    """How far a package is; who asks while another thread runs it waits."""

    loader: Loader
    running: bool = False
    lock: AbstractContextManager[bool] = field(default_factory=RLock)

    def run(self, package: ModuleType) -> None:
        """Run a package's own code; what fails is run again for the next who asks."""
        self.running = True
        try:
            self.loader.exec_module(package)
            package.__class__ = ModuleType
        finally:
            self.running = False


class _Package(ModuleType):
    """A package whose own code runs when it is first asked for something besides the modules that were imported.

    `importlib.util.LazyLoader` is no help here: its packages run as soon as one of their modules is imported.
    """

    def __getattr__(self, name: str) -> Any:
        state: _State = vars(self)["__spec__"].loader_state
        with state.lock:
            if type(self) is _Package and not state.running:
                state.run(self)
        return ModuleType.__getattribute__(self, name)
