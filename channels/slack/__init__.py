"""Slack: mentions, direct messages and threads, over a socket, HTTP or Lambda; importing it loads no library."""
