"""Plug-ins to learn from, each one file; the tests hold them to the suites that yours would be held to."""
