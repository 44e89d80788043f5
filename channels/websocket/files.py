"""How a stored file goes to a browser: shown only if it can't run anything, named so that no header breaks."""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from switchboard.assistant import SourceFile

if TYPE_CHECKING:
    from starlette.responses import Response

_SHOWN = frozenset({"application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp"})
_AS_TEXT = frozenset(
    {
        "application/json",
        "application/xhtml+xml",
        "application/xml",
        "application/javascript",
        "image/svg+xml",
        "message/rfc822",
    }
)
_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"
_PDF_POLICY = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'none'"
_TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Headers for a file."""

    media_type: str
    disposition: str
    policy: str


def shown(name: str, media_type: str) -> Shown:
    """PDF and pictures as they are, everything textual as plain text, the rest to be saved.

    A PDF is shown by the browser's own viewer, which a sandbox would switch off; its scripts never run as ours.
    """
    plain = media_type.partition(";")[0].strip().lower()
    if plain in _SHOWN:
        policy = _PDF_POLICY if plain == "application/pdf" else _POLICY
        return Shown(
            media_type=plain,
            disposition=_disposition("inline", name),
            policy=policy,
        )
    if plain.startswith("text/") or plain in _AS_TEXT:
        return Shown(media_type=_TEXT, disposition=_disposition("inline", name), policy=_POLICY)
    return Shown(media_type="application/octet-stream", disposition=_disposition("attachment", name), policy=_POLICY)


def served(source: SourceFile) -> "Response":
    """A file as a response, for whoever may have it: a browser asks again each time."""
    from starlette.responses import Response

    how = shown(source.name, source.media_type)
    return Response(
        source.data,
        media_type=how.media_type,
        headers={
            "Content-Disposition": how.disposition,
            "Content-Security-Policy": how.policy,
            "Cache-Control": "private, no-cache",
        },
    )


def _disposition(kind: str, name: str) -> str:
    """RFC 6266: a plain name for old readers, the true one escaped."""
    printable = "".join(letter for letter in name if letter.isprintable())
    plain = "".join(letter if letter.isascii() and letter not in '"\\%' else "_" for letter in printable) or "file"
    true_name = quote(printable, safe="", errors="replace")
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{true_name}"
