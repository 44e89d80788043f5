"""The MCP server over a set of tools, and serving it on standard input and output."""

from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Any, TypeAlias

from mcp import types
from mcp.server import Server, ServerRequestContext

from channels.mcp import texts
from channels.mcp.asking import Asking, can_ask
from channels.mcp.calling import Caller, call
from channels.mcp.results import told
from switchboard import Tool, ToolRetry

Context: TypeAlias = ServerRequestContext[Any]
WhoCalls: TypeAlias = Callable[[Context], Caller]


def build(tools: Sequence[Tool], who: WhoCalls) -> Server[Any]:
    """A server that offers the tools; those that a person has to agree to only where the client can ask one."""
    known = {tool.name: tool for tool in tools}
    asking = Asking()

    def offered(context: Context) -> dict[str, Tool]:
        return {name: tool for name, tool in known.items() if not tool.needs_approval or can_ask(context)}

    async def list_tools(context: Context, params: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[described(tool) for tool in offered(context).values()])

    async def call_tool(
        context: Context, params: types.CallToolRequestParams
    ) -> types.CallToolResult | types.InputRequiredResult:
        caller = who(context)
        tool = offered(context).get(params.name)
        if tool is None:
            return told(texts.unknown_tool(params.name))
        if tool.needs_approval:
            try:
                tool.validate(dict(params.arguments or {}))
            except ToolRetry as error:
                return told(texts.call_again(error.hint))
            agreed = await asking.agreed(tool, params, context, caller.principal)
            if isinstance(agreed, types.InputRequiredResult):
                return agreed
            if not agreed:
                return told(texts.NOT_AGREED)
        return await call(tool, dict(params.arguments or {}), caller, context.session.report_progress)

    return Server(
        "switchboard",
        version=version("switchboard-assistant"),
        instructions=texts.INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


def described(tool: Tool) -> types.Tool:
    """A tool as its client's model sees it: our name, description and schema."""
    return types.Tool(name=tool.name, description=tool.description, input_schema=tool.parameters)


async def serve(tools: Sequence[Tool], caller: Caller) -> None:
    """Serve on standard input and output until the client closes them."""
    from mcp.server.stdio import stdio_server

    server = build(tools, lambda context: caller)
    async with stdio_server() as (incoming, outgoing):
        await server.run(incoming, outgoing, server.create_initialization_options())
