"""Who may read what: one pure function, so that it can be looked at and tested whole."""

from switchboard import Principal
from tools.retrieval.backend import Access


def may(principal: Principal, access: Access, *, conversation: str = "") -> bool:
    """Whether the principal may read a document, asking from this conversation.

    Closed unless something opens it, and a denial beats everything. Groups count only when the channel has proved them,
    as does a name, with one exception: what was attached to a conversation is found there by whoever attached it, since
    whoever may speak in that conversation under that name put it there.
    """
    if principal.id in access.denied_users or principal.groups & access.denied_groups:
        return False
    named = bool(principal.id) and principal.id in access.users
    if access.conversation:
        return named and access.conversation == conversation
    if access.public:
        return True
    return principal.verified and (named or bool(principal.groups & access.groups))
