"""ZIP: the files in an archive, each read as if it had come alone."""

import io
import stat
import zipfile
import zlib
from functools import partial

from tools.reading.archive import check_archive
from tools.reading.backend import Block, Page
from tools.reading.budget import Budget
from tools.reading.bundle import Bundle, Member, Open
from tools.reading.parts import Parts
from tools.reading.reasons import unreadable
from tools.reading.words import display_name

_PASSED_OVER = ("thumbs.db", "desktop.ini", ".ds_store")


def opened(data: bytes, *, name: str, budget: Budget, open_member: Open) -> Bundle:
    """Open an archive. Folders, links and what operating systems leave behind are passed over."""
    check_archive(data, budget)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = [entry for entry in archive.infolist() if _is_file(entry)]
    budget.check_files(len(entries))
    budget.take_unpacked(data, sum(entry.file_size for entry in entries))
    if not entries:
        raise unreadable(name, "empty", "there is no file in it")
    members = [Member(name=display_name(entry.filename), fetch=partial(_fetch, data, entry, name)) for entry in entries]
    listed = Block(kind="list", text="\n".join(["Files:", *(f"- {_path(entry)}" for entry in entries)]))
    own = Parts(pages=(Page(number=1, blocks=(listed,)),))
    return Bundle(own, members, kind="File", budget=budget, open_member=open_member)


def _is_file(entry: zipfile.ZipInfo) -> bool:
    name = entry.filename.lower()
    if entry.is_dir() or name.startswith("__macosx/") or name.rsplit("/", 1)[-1] in _PASSED_OVER:
        return False
    return not stat.S_ISLNK(entry.external_attr >> 16)


def _path(entry: zipfile.ZipInfo) -> str:
    """Where a file stands in the archive, as people may see it."""
    return "/".join(display_name(part) for part in entry.filename.replace("\\", "/").split("/") if part.strip(". "))


def _fetch(data: bytes, entry: zipfile.ZipInfo, name: str) -> bytes:
    """The bytes of a file; the archive was counted before, and lies no more than that allows."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return archive.read(entry)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise unreadable(name, "damaged") from error
