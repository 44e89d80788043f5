"""What must survive: conversations, jobs and blobs, each kept in one of several ways behind the same protocol."""
