"""What an encoder is: texts in, unit vectors out."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Encoder(Protocol):
    """Turns texts into vectors whose dot product says how near they are in meaning.

    Attributes:
        name: Names the vectors: those of two encoders with different names can't be compared.
        dimension: Length of each vector.
        quality: What it is and what to expect of it, for ``switchboard doctor`` to show.
    """

    @property
    def name(self) -> str:
        """See above."""
        ...

    @property
    def dimension(self) -> int:
        """See above."""
        ...

    @property
    def quality(self) -> str:
        """See above."""
        ...

    def encode(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """One row of unit length for each text; a text without words gives a row of zeros.

        Blocking and heavy on the CPU, so callers on an event loop use a thread. Safe to call from several threads.

        Raises:
            ConfigError: The model's file is missing or damaged.
        """
        ...
