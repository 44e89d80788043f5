"""Conversations, jobs, quotas and connections in one DynamoDB table, for many machines at once.

    partition             sort key                          what
    c/<conversation>      inbox                             the conversation's state and summary; versioned
                          memory                            the agent's working memory
                          turn/<message>                    a turn; the index ``turns`` holds them by number
                          events/<message>/<last>/<order>   a bundle of a running turn's events; gone by itself
                          .../part/<n>                      the rest of any of these that is too large for one item
    p/<tenant>/<person>   c/<conversation>                  that the person wrote in it
    j/<job>               job                               a job; versioned
    q/<quota>/<n>/<share> quota                             who holds which of n places; gone by itself
    w/<connection>        connection                        a socket of a gateway; gone by itself
                          chunks/<frame>                    the parts of a frame that is not whole yet
    a/<conversation>      <connection>                      that the connection shows the conversation

Names too long for a key are replaced by their digests. A conversation is changed by one transaction whose condition is
the version of its inbox. The indexes ``lists_1`` to ``lists_3`` hold keys in order: conversations by use, those with
work left and those with replies to send; jobs by age, all and by conversation, and those that are due. They follow the
table within moments; a list may briefly lag.
"""

from stores.dynamodb.connections import DynamoConnectionStore
from stores.dynamodb.conversations import DynamoConversationStore
from stores.dynamodb.definition import definition
from stores.dynamodb.jobs import DynamoJobStore
from stores.dynamodb.quotas import DynamoQuotaStore
from stores.dynamodb.table import Table

__all__ = [
    "DynamoConnectionStore",
    "DynamoConversationStore",
    "DynamoJobStore",
    "DynamoQuotaStore",
    "Table",
    "definition",
]
