"""The agent: inbox -> turn -> graph -> reply. ``agent.assistant`` puts the pieces together."""
