"""Every prompt as a versioned Markdown file, the strict loader of them, and the fence around untrusted text."""

from prompts.fence import fence
from prompts.loader import Prompt, load

__all__ = ["Prompt", "fence", "load"]
