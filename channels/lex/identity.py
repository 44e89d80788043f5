"""Who is asking: by a signed token or by the alias through which they call, otherwise nobody in particular.

A token is a JSON Web Token, HS256, signed with the channel's secret, in a session attribute: ``sub`` (the person's id)
and ``exp`` are required; ``nbf``, ``groups``, ``name`` and ``locale`` are heard; with ``sid`` it counts in that session
alone.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from channels.lex.call import Call
from channels.lex.settings import LexSettings
from switchboard import Conversation, Principal

LARGEST_TOKEN = 8_000


def principal_of(call: Call, settings: LexSettings, *, now: float) -> Principal:
    """The person, verified or not. No attribute is believed that is not signed.

    Args:
        call: What came in.
        settings: The channel's.
        now: Seconds since the epoch.
    """
    locale = call.locale.replace("_", "-")
    claims = verified_claims(call.attributes.get(settings.token_attribute, ""), settings.key, now=now)
    if claims is not None and claims.get("sid", call.session_id) == call.session_id:
        groups = claims.get("groups")
        named = groups if isinstance(groups, list) else []
        return Principal(
            id=claims["sub"],
            groups=frozenset(group for group in named if isinstance(group, str)),
            display_name=_string(claims.get("name")),
            locale=_string(claims.get("locale")) or locale,
            verified=True,
        )
    caller = settings.callers.get(f"{call.bot_id}/{call.alias_id}")
    if caller is not None:
        name = caller.principal.replace("{session}", call.session_id)
        return Principal(id=name, groups=caller.groups, locale=locale, verified=True)
    return Principal(id=f"lex:{_path(call.bot_id, call.alias_id, call.session_id)}", locale=locale)


def conversation_of(call: Call, principal: Principal, *, tenant: str) -> Conversation:
    """A session is a conversation; each verified person's is their own, whoever else names the same session."""
    owner = (principal.id,) if principal.verified else ()
    room = _path(call.bot_id, call.alias_id, *owner)
    return Conversation(tenant=tenant, channel="lex", room=room, thread=call.session_id)


def verified_claims(token: str, secret: bytes, *, now: float) -> Mapping[str, Any] | None:
    """The claims of a token that is whole, signed by us and in force; otherwise ``None``."""
    signed, _, signature = token.rpartition(".")
    head, _, body = signed.partition(".")
    if not (head and body and signature and len(token) <= LARGEST_TOKEN and token.isascii()):
        return None
    try:
        expected = hmac.digest(secret, signed.encode("ascii"), hashlib.sha256)
        if not hmac.compare_digest(_decoded(signature), expected):
            return None
        header, claims = json.loads(_decoded(head)), json.loads(_decoded(body))
    except (ValueError, RecursionError, binascii.Error):
        return None
    if not isinstance(header, dict) or not isinstance(claims, dict) or header.get("alg") != "HS256":
        return None
    starts, ends, person = claims.get("nbf", 0), claims.get("exp"), claims.get("sub")
    if not isinstance(starts, int | float) or not isinstance(ends, int | float) or not starts <= now < ends:
        return None
    return claims if isinstance(person, str) and person else None


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""


def _path(*parts: str) -> str:
    return "/".join(quote(part, safe="", errors="surrogatepass") for part in parts)


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
