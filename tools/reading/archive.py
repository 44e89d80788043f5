"""Office files are ZIP archives; this looks into one before a library does, so that a bomb is never unpacked."""

import io
import zipfile
import zlib

from tools.reading.budget import Budget
from tools.reading.reasons import unreadable

_MOST_MEMBERS = 20_000
_CHUNK = 1 << 16
_SMALL = 10_000_000
_DECLARATIONS = tuple(
    word.encode(encoding) for word in ("<!DOCTYPE", "<!ENTITY") for encoding in ("ascii", "utf-16-le", "utf-16-be")
)
_ENCRYPTED = 0x1


def members(data: bytes) -> frozenset[str]:
    """The names in an archive; none if it can't be opened."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return frozenset(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return frozenset()


def check_archive(data: bytes, budget: Budget) -> None:
    """Refuse an archive that is damaged, encrypted, larger than it may unpack to, or whose XML declares entities.

    The central directory is asked first, and then every member is unpacked piece by piece and counted, because the
    directory may lie.

    Raises:
        Unreadable: It must not be opened, and why.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_directory(archive, len(data), budget)
            _check_contents(archive, len(data), budget)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise unreadable(budget.name, "damaged") from error


def _check_directory(archive: zipfile.ZipFile, packed: int, budget: Budget) -> None:
    entries = archive.infolist()
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        raise unreadable(budget.name, "protected")
    if len(entries) > _MOST_MEMBERS:
        raise unreadable(budget.name, "bomb")
    _check_unpacked(sum(entry.file_size for entry in entries), packed, budget)


def _check_contents(archive: zipfile.ZipFile, packed: int, budget: Budget) -> None:
    unpacked = 0
    for entry in archive.infolist():
        is_xml = entry.filename.lower().endswith((".xml", ".rels", ".vml"))
        with archive.open(entry) as member:
            tail = b""
            while chunk := member.read(_CHUNK):
                unpacked += len(chunk)
                _check_unpacked(unpacked, packed, budget)
                if is_xml and _declares(tail + chunk):
                    raise unreadable(budget.name, "bomb", "its XML declares entities, which no office program writes")
                tail = chunk[-32:]
        budget.check_time()


def _declares(piece: bytes) -> bool:
    return any(word in piece for word in _DECLARATIONS)


def _check_unpacked(unpacked: int, packed: int, budget: Budget) -> None:
    """A small archive may have any ratio: an empty workbook packs well, and 10 MB harm nobody."""
    limits = budget.limits
    if unpacked > limits.unpacked or (unpacked > _SMALL and unpacked > packed * limits.ratio):
        raise unreadable(budget.name, "bomb")
