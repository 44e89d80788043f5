"""How people reach the assistant: a file or small folder for each channel, found by name, imported when enabled."""
