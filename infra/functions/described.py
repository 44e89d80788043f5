"""What Amazon's services are like, as the package has it parsed: for the SDK's clients, instead of its own files."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any


class Described:
    """botocore's loader of descriptions, asked only for what the package does not have.

    Args:
        loader: botocore's.
        known: By service and type, or by name alone: what the loader would give, or nothing.
    """

    def __init__(self, loader: Any, known: Callable[..., Any]) -> None:
        self._loader = loader
        self._known = cache(known) if _usual(loader, known) else _nothing

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def load_service_model(self, service_name: str, type_name: str, api_version: str | None = None) -> Any:
        """As botocore's; a version that somebody names is none that we chose."""
        found = None if api_version else self._known(service_name, type_name)
        return found or self._loader.load_service_model(service_name, type_name, api_version)

    def load_data(self, name: str) -> Any:
        """As botocore's."""
        return self.load_data_with_path(name)[0]

    def load_data_with_path(self, name: str) -> tuple[Any, str]:
        """As botocore's."""
        found = self._known(name)
        return (
            (found, str(Path(self._loader.BUILTIN_DATA_PATH, name)))
            if found
            else self._loader.load_data_with_path(name)
        )


def _usual(loader: Any, known: Callable[..., Any]) -> bool:
    """Whether descriptions come from botocore's own files alone, of the version that the package was made with."""
    from botocore import __version__

    others = [path for path in loader.search_paths if path != loader.BUILTIN_DATA_PATH and Path(path).is_dir()]
    return not others and known("version") == __version__


def _nothing(*name: str) -> None:
    """Known to nobody."""
