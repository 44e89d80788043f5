"""Asking the person behind an MCP client whether a tool may be called: by elicitation, in the protocol's two ways.

Until 2025 a server asked while the call waited. Since 2026 the call ends with a question and comes again with the
answer (SEP-2322): there an answer counts once, for the very call that was asked about, and only from whoever was asked.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from mcp.server import ServerRequestContext
from mcp.shared.exceptions import MCPError
from mcp.types import (
    CallToolRequestParams,
    ElicitRequest,
    ElicitRequestFormParams,
    ElicitResult,
    InputRequiredResult,
)

from channels.mcp import texts
from channels.mcp.questions import SECONDS, Questions
from switchboard import Principal, Tool
from switchboard.visible import visible

ENDS_WITH_QUESTION: Final = "2026-07-28"
"""The first version in which a call ends with a question. Versions are dates and compare as text."""
_KEY = "agree"


def can_ask(context: ServerRequestContext[Any]) -> bool:
    """Whether the client says that it shows forms to a person."""
    capabilities = context.session.client_capabilities
    asks = capabilities.elicitation if capabilities is not None else None
    shows_forms = asks is not None and (asks.form is not None or asks.url is None)  # none named means forms
    return shows_forms and (_later(context) or context.session.can_send_request)


@dataclass(slots=True)
class Asking:
    """Asks, and remembers what it has asked."""

    questions: Questions = field(default_factory=Questions)

    async def agreed(
        self, tool: Tool, params: CallToolRequestParams, context: ServerRequestContext[Any], principal: Principal
    ) -> bool | InputRequiredResult:
        """Whether the person agrees to the call, or the question that its client has to put first."""
        arguments = params.arguments or {}
        question = ElicitRequestFormParams(message=texts.may_i(tool.name, _shown(arguments)), requested_schema=_FORM)
        if not _later(context):
            return await _ask_now(question, context)
        call = json.dumps([tool.name, arguments], sort_keys=True)
        answer = (params.input_responses or {}).get(_KEY)
        asked = self.questions.was_asked(principal.id, params.request_state or "", call)
        if asked and isinstance(answer, ElicitResult):
            return _is_yes(answer)
        return InputRequiredResult(
            input_requests={_KEY: ElicitRequest(params=question)}, request_state=self.questions.ask(principal.id, call)
        )


_FORM: dict[str, Any] = {
    "type": "object",
    "properties": {_KEY: {"type": "boolean", "title": texts.AGREE}},
    "required": [_KEY],
}


async def _ask_now(question: ElicitRequestFormParams, context: ServerRequestContext[Any]) -> bool:
    try:
        async with asyncio.timeout(SECONDS):
            said = await context.session.elicit_form(
                question.message, question.requested_schema, related_request_id=context.request_id
            )
    except (MCPError, TimeoutError):  # the client can't ask after all, or nobody answers
        return False
    return _is_yes(said)


def _later(context: ServerRequestContext[Any]) -> bool:
    return context.protocol_version >= ENDS_WITH_QUESTION


def _is_yes(said: ElicitResult) -> bool:
    return said.action == "accept" and (said.content or {}).get(_KEY) is True


def _shown(arguments: Mapping[str, Any]) -> str:
    """A line for each argument."""
    return "\n".join(visible(f"{name}: {json.dumps(each, ensure_ascii=False)}") for name, each in arguments.items())
