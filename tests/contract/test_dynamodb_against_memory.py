"""Whatever is done to them in whatever order, the DynamoDB store and the one in memory say the same."""

from contextlib import ExitStack
from typing import Any

from hypothesis import settings
from hypothesis.stateful import rule

from stores.dynamodb import DynamoConversationStore
from tests.aws import a_world
from tests.contract.test_sqlite_against_memory import Stores


class DynamoStores(Stores):
    """The same machine; fewer of its runs, as each answer takes milliseconds."""

    def __init__(self) -> None:
        super().__init__()
        self._worlds = ExitStack()
        self._table = self._worlds.enter_context(a_world()).table()
        self._run(self._sqlite.close())
        self._sqlite: Any = DynamoConversationStore(self._table)

    @rule()
    def reopen(self) -> None:
        """Go on with a store that has seen nothing."""
        self._sqlite = DynamoConversationStore(self._table)

    def teardown(self) -> None:
        super().teardown()
        self._worlds.close()


TestDynamoAgainstMemory = DynamoStores.TestCase
TestDynamoAgainstMemory.settings = settings(max_examples=3, stateful_step_count=10, deadline=None)
