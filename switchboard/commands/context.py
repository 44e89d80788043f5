"""What every command is given: the options that stand anywhere on the line, and the settings they lead to."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from switchboard.settings import Settings


@dataclass
class Context:
    """The command line's options, filled in as soon as they are read.

    Attributes:
        folder: The data folder, once the settings are known.
    """

    config: Path | None = None
    data_dir: Path | None = None
    verbose: bool = False
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    folder: Path | None = None

    @property
    def overrides(self) -> Mapping[str, str]:
        """The environment with what the command line says over it."""
        return {**self.environ, **({"SWITCHBOARD_DATA_DIR": str(self.data_dir)} if self.data_dir else {})}

    def settings(self) -> "Settings":
        """Read the settings, with the secrets that they name, and begin to log where they say.

        Raises:
            ConfigError: They are wrong, or a secret can't be read.
        """
        from stores.secrets import resolved
        from switchboard.commands import logs
        from switchboard.settings import load

        settings = resolved(load(self.config, self.overrides))
        self.folder = settings.data_dir
        logs.start(settings.data_dir, verbose=self.verbose)
        return settings
