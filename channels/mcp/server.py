"""The MCP server over a set of tools, and serving it on standard input and output."""

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

from mcp import types
from mcp.server import Server, ServerRequestContext

from channels.mcp import texts
from channels.mcp.calling import Caller, call
from channels.mcp.results import told
from switchboard import Tool


def build(tools: Sequence[Tool], caller: Caller) -> Server[Any]:
    """A server that offers the tools. One that a person has to agree to is left out: nobody is asked here."""
    offered = {tool.name: tool for tool in tools if not tool.needs_approval}

    async def list_tools(
        context: ServerRequestContext[Any], params: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[described(tool) for tool in offered.values()])

    async def call_tool(
        context: ServerRequestContext[Any], params: types.CallToolRequestParams
    ) -> types.CallToolResult:
        tool = offered.get(params.name)
        if tool is None:
            return told(texts.unknown_tool(params.name))
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

    server = build(tools, caller)
    async with stdio_server() as (incoming, outgoing):
        await server.run(incoming, outgoing, server.create_initialization_options())
