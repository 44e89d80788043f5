"""What the dialog has to know of the tools that intents stand for; tools are looked up only where some do."""

from channels.lex.dialog import ToolNeeds
from channels.lex.settings import LexSettings
from switchboard import ConfigError
from switchboard.plugins import Setup


def needs_of(setup: Setup, settings: LexSettings) -> dict[str, ToolNeeds]:
    """By name of the tool.

    Raises:
        ConfigError: A tool is not installed or not enabled.
    """
    if not settings.intents:
        return {}
    tools = {tool.name: tool for tool in setup.tools}
    for intent, mapped in settings.intents.items():
        if mapped.tool not in tools:
            fix = f"Tools are: {', '.join(sorted(tools))}." if tools else "No tool is installed."
            where = f"channels.lex.intents.{intent}.tool"
            raise ConfigError(f"There is no tool called {mapped.tool!r}.", fix=fix, where=where)
    return {
        mapped.tool: ToolNeeds(
            takes={
                name: str(schema.get("type", ""))
                for name, schema in tools[mapped.tool].parameters.get("properties", {}).items()
            },
            required=tuple(tools[mapped.tool].parameters.get("required", ())),
            needs_approval=tools[mapped.tool].needs_approval,
        )
        for mapped in settings.intents.values()
    }
