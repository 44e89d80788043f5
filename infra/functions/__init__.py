"""The Lambda functions: a file each, with a `handler` that keeps what it made for as long as it is warm."""
