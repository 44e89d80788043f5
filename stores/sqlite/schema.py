"""The tables of the SQLite stores. A version that was released is never changed; a new one is added below it."""

from stores.sqlite.database import Schema

CONVERSATIONS = Schema(
    application=0x53574243,  # "SWBC"
    versions=(
        (
            """
            CREATE TABLE conversations (
                id INTEGER PRIMARY KEY,
                key TEXT NOT NULL UNIQUE,
                tenant BLOB NOT NULL,
                version INTEGER NOT NULL,
                fence INTEGER NOT NULL,
                answering BLOB,  -- the message that holds the lease
                pending INTEGER NOT NULL,  -- whether a message waits or is being answered
                inbox TEXT NOT NULL,
                updated_at REAL NOT NULL DEFAULT 0,
                first_text TEXT NOT NULL DEFAULT '""'
            ) STRICT
            """,
            "CREATE INDEX conversations_by_use ON conversations (tenant, updated_at DESC, key)",
            "CREATE INDEX conversations_pending ON conversations (tenant, updated_at, key) WHERE pending",
            """
            CREATE TABLE turns (
                id INTEGER PRIMARY KEY,
                conversation INTEGER NOT NULL REFERENCES conversations ON DELETE CASCADE,
                message BLOB NOT NULL,
                number INTEGER NOT NULL,
                body BLOB NOT NULL,  -- compressed JSON
                UNIQUE (conversation, message)
            ) STRICT
            """,
            "CREATE INDEX turns_in_order ON turns (conversation, number)",
            """
            CREATE TABLE events (
                conversation INTEGER NOT NULL REFERENCES conversations ON DELETE CASCADE,
                message BLOB NOT NULL,
                seq INTEGER NOT NULL,
                body TEXT NOT NULL,
                PRIMARY KEY (conversation, message, seq)
            ) STRICT, WITHOUT ROWID
            """,
            """
            CREATE TABLE memories (
                conversation INTEGER PRIMARY KEY REFERENCES conversations ON DELETE CASCADE,
                body BLOB NOT NULL
            ) STRICT
            """,
            """
            CREATE TABLE participants (
                conversation INTEGER NOT NULL REFERENCES conversations ON DELETE CASCADE,
                principal BLOB NOT NULL,
                PRIMARY KEY (principal, conversation)
            ) STRICT, WITHOUT ROWID
            """,
            "CREATE INDEX participants_of ON participants (conversation)",
            """
            CREATE TABLE jobs (
                id BLOB PRIMARY KEY,
                conversation TEXT NOT NULL,
                state TEXT NOT NULL,
                created_at REAL NOT NULL,
                version INTEGER NOT NULL,
                body TEXT NOT NULL
            ) STRICT
            """,
            "CREATE INDEX jobs_by_age ON jobs (created_at DESC, id)",
            "CREATE INDEX jobs_of ON jobs (conversation, created_at DESC)",
        ),
        (
            "ALTER TABLE conversations ADD COLUMN channel BLOB NOT NULL DEFAULT x''",
            "ALTER TABLE conversations ADD COLUMN sends_at REAL",  # NULL for an empty outbox
            "CREATE INDEX conversations_to_send ON conversations (tenant, channel, sends_at, key)"
            " WHERE sends_at IS NOT NULL",
            "ALTER TABLE jobs ADD COLUMN due_at REAL NOT NULL DEFAULT 0",
            "CREATE INDEX jobs_due ON jobs (due_at, id) WHERE due_at > 0",
        ),
    ),
)

BLOBS = Schema(
    application=0x53574242,  # "SWBB"
    versions=(
        (
            """
            CREATE TABLE rights (
                owner BLOB NOT NULL,
                digest TEXT NOT NULL,
                size INTEGER NOT NULL,
                media_type BLOB NOT NULL,
                name BLOB NOT NULL,
                PRIMARY KEY (owner, digest)
            ) STRICT, WITHOUT ROWID
            """,
            "CREATE INDEX rights_to ON rights (digest)",
        ),
    ),
)

QUOTAS = Schema(
    application=0x53574251,  # "SWBQ"
    versions=(
        (
            """
            CREATE TABLE places (
                key TEXT NOT NULL,
                holder BLOB NOT NULL,
                until REAL NOT NULL,
                PRIMARY KEY (key, holder)
            ) STRICT, WITHOUT ROWID
            """,
            "CREATE INDEX places_by_end ON places (until)",
        ),
    ),
)
