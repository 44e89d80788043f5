"""The terminal channel: a chat for whoever sits at this machine, and one-shot questions for scripts."""

from channels.terminal.channel import TerminalChannel, Typed, channel

__all__ = ["TerminalChannel", "Typed", "channel"]
