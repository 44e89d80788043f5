"""Deleting a conversation of any length, so that it can be broken off anywhere and gone on with by anybody.

The inbox becomes a tombstone first: from then on the conversation is not there, and nothing is written to it. What
belongs to it is removed page by page, each page on the condition that this very tombstone still stands, so that whoever
is slow never touches a conversation that began anew. The tombstone goes last; until then it can be found and finished.
"""

import secrets

from stores.dynamodb import keys
from stores.dynamodb.items import Key, Record, unpack
from stores.dynamodb.states import State
from stores.dynamodb.table import Table
from switchboard.errors import BackendError
from switchboard.identity import Conversation

PAGE = 40
"""Items removed at once: of at most 100 kB each, they stay within the 4 MB of a transaction."""

_BURY = (
    "SET deleting = if_not_exists(deleting, :mark)"
    " REMOVE version, fence, answering, list_1, rank_1, list_2, rank_2, list_3, rank_3, expires"
)
_STANDS = "deleting = :mark"


async def erase(table: Table, conversation: Conversation) -> bool:
    """Remove everything that belongs to a conversation. Returns whether it was there."""
    partition = keys.conversation(conversation)
    inbox: Key = (partition, keys.INBOX)
    there, tomb = await table.update(inbox, _BURY, "attribute_exists(pk)", {":mark": secrets.token_hex(16)})
    if not there:
        return False
    mark = {":mark": tomb["deleting"]}
    (record,) = await _readable(table, inbox)
    doomed = [(keys.person(conversation.tenant, person), partition) for person in _people(record)]
    async for item in table.query("pk = :pk", {":pk": partition}, keys_only=True):
        if item["sk"] != keys.INBOX:
            doomed.append((partition, str(item["sk"])))
    for start in range(0, len(doomed), PAGE):
        actions = [table.delete_action(key) for key in doomed[start : start + PAGE]]
        if not await table.transact_if(inbox, _STANDS, mark, actions):
            return True  # somebody else has finished it
    await table.delete(inbox, _STANDS, mark)
    return True


async def _readable(table: Table, inbox: Key) -> list[Record | None]:
    """The tombstone's record, or none where its parts are gone: then those whom it names were taken care of before."""
    try:
        return await table.get(inbox)
    except BackendError as error:
        if error.code == "busy":
            return [None]
        raise


def _people(record: Record | None) -> frozenset[str]:
    return frozenset() if record is None else unpack(State, record.body).principals
