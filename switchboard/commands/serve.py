"""``switchboard serve``: the web chat, until it is told to stop."""

import argparse
import asyncio
import ipaddress
import time
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, Any

from switchboard.commands import identity, listening, running, texts
from switchboard.commands.context import Context
from switchboard.errors import ConfigError
from switchboard.identity import Principal

if TYPE_CHECKING:
    from agent.assistant import SwitchboardAssistant
    from channels.mcp.workshop import Workshop
    from channels.slack.channel import SlackChannel
    from channels.websocket.settings import WebSettings
    from switchboard.plugins import Setup


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("--host", metavar="ADDRESS", help="address to listen on (default: as set, else 127.0.0.1)")
    parser.add_argument(
        "--port", type=port_number, metavar="N", help="port; 0 for any free one (default: as set, else 8080)"
    )
    parser.add_argument("--lex", action="store_true", help="also serve the Lex V2 runtime API, for Lex clients")
    parser.add_argument("--slack", action="store_true", help="also answer in Slack, as the table [channels.slack] says")
    parser.add_argument(
        "--channel",
        metavar="NAME",
        action="append",
        default=[],
        help="also serve an installed channel that fetches what people say by itself; repeatable",
    )
    parser.add_argument(
        "--mcp", action="store_true", help="instead, offer the tools to another assistant on standard input and output"
    )
    parser.add_argument("--open", action="store_true", help="open the chat in the browser, signed in")


def run(args: argparse.Namespace, context: Context) -> int:
    """Serve until Ctrl-C or SIGTERM."""
    from channels.websocket.serve import loop_factory
    from switchboard.plugins import Setup

    setup = Setup(context.settings())
    if args.mcp:
        return _serve_mcp(setup)
    web = _web_settings(args, setup)
    served = listening.chosen(setup, args.channel)
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(_serve(setup, web, browse=args.open, lex=args.lex, slack=args.slack, served=served))
    return 0


def _serve_mcp(setup: "Setup") -> int:
    """Offer the tools by MCP as the local user, until the client leaves."""
    try:
        from channels.mcp.calling import Caller
        from channels.mcp.server import serve
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "mcp":
            raise
        raise ConfigError(texts.NEEDS_MCP, fix=texts.NEEDS_MCP_FIX) from None

    async def serving() -> None:
        async with running.assistant(setup, works=True, hands_over=True) as assistant:
            await serve(setup.tools, Caller(principal=identity.local(), workshop=_workshop(setup, assistant)))

    asyncio.run(serving())
    return 0


def _workshop(setup: "Setup", assistant: "SwitchboardAssistant") -> "Workshop":
    """What tools are given that are called without a turn. Each call counts as a message."""
    from agent.quotas import Quotas
    from channels.mcp.workshop import Workshop

    quotas = Quotas(setup.backend("quotas"), setup.settings.limits, setup.settings.turn)
    return Workshop(
        tenant=setup.settings.tenant,
        blobs=setup.backend("blobs"),
        jobs=setup.backend("jobs"),
        starting=lambda message: assistant.working.orders.starter(message, assistant.working.kinds),
        admit=lambda message: quotas.admit(message, now=time.time()),
    )


async def _serve(
    setup: "Setup", web: "WebSettings", *, browse: bool, lex: bool, slack: bool, served: listening.Served
) -> None:
    from channels.http.app import beside
    from channels.http.serve import api
    from channels.websocket.serve import serve

    pushing: dict[str, Any] = {**served}
    if slack:
        pushing["slack"] = _slack_channel(setup)
    async with (
        running.assistant(setup, channels=pushing, works=True, hands_over=True) as assistant,
        _retaining(assistant, setup.settings.retention.days),
        _lex_runtime(setup, assistant, web.secret.hex()) if lex else nullcontext(""),
        _slack(pushing["slack"], assistant) if slack else nullcontext(),
        listening.listening(served, assistant),
    ):
        for name in served:
            print(texts.serving_channel(name), flush=True)
        http = api(setup, assistant, web, workshop=_workshop(setup, assistant))
        await assistant.recover()
        catalogue = await assistant.catalogue(web.owner or Principal(id=""))

        def ready(address: str) -> None:
            print(texts.serving(address, web.owner_key, catalogue), flush=True)
            if not _is_local(web.host):
                print(texts.OPEN_TO_OTHERS, flush=True)
            if browse:
                webbrowser.open(f"{address}/?key={web.owner_key}")

        await serve(assistant, web, ready=ready, around=lambda app: beside(app, http))


def _slack_channel(setup: "Setup") -> "SlackChannel":
    """Slack as it is set; raises `ConfigError` if something is missing, before anything is begun."""
    from channels.slack.settings import require

    channel: SlackChannel = setup.channel("slack")
    require(channel.settings)
    return channel


@asynccontextmanager
async def _slack(channel: "SlackChannel", assistant: "SwitchboardAssistant") -> AsyncIterator[None]:
    """Meanwhile, what is asked in Slack is answered there."""
    from channels.slack import texts as slack_texts
    from channels.slack.serve import serving

    async with serving(channel, assistant) as where:
        print(slack_texts.SERVING.format(where=where), flush=True)
        yield


@asynccontextmanager
async def _retaining(assistant: "SwitchboardAssistant", days: int) -> AsyncIterator[None]:
    """Meanwhile, conversations that were not used for so many days are forgotten; 0 keeps all."""
    from agent.retention import keep_for

    if not days:
        yield
        return
    task = asyncio.create_task(keep_for(days, assistant.forget_unused))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def _lex_runtime(setup: "Setup", assistant: "SwitchboardAssistant", secret: str) -> AsyncIterator[None]:
    """Meanwhile, Lex clients find a bot on this machine. The secret is used where the settings have none."""
    from channels.lex import channel
    from channels.lex.answering import Fulfilment
    from channels.lex.runtime.serve import running as lex_running

    lex = channel(setup, secret=secret)
    hook = Fulfilment(lex, assistant).answer
    settings = lex.settings
    async with lex_running(hook, port=settings.port, origins=settings.origins, slots=lex.slots) as address:
        print(texts.serving_lex(address), flush=True)
        yield


def port_number(text: str) -> int:
    """A port as it was typed.

    Raises:
        ArgumentTypeError: It is none.
    """
    if not (text.isascii() and text.isdigit() and int(text) <= 65_535):
        raise argparse.ArgumentTypeError(f"{text!r} is not a port, which is a number from 0 to 65535")
    return int(text)


def _web_settings(args: argparse.Namespace, setup: "Setup") -> "WebSettings":
    """The channel's settings: the settings file's, with what the command line says over them."""
    from channels.websocket.keys import load_keys
    from channels.websocket.settings import WebSettings

    settings = setup.settings
    keys = load_keys(settings.data_dir)
    return WebSettings(
        secret=keys.secret,
        owner_key=keys.owner_key,
        owner=identity.local(),
        host=settings.channels.websocket.host if args.host is None else args.host,
        port=settings.channels.websocket.port if args.port is None else args.port,
        tenant=settings.tenant,
        origins=settings.channels.websocket.origins,
        text_limit=settings.limits.message_characters,
        upload_limit=settings.limits.upload_bytes,
        attachment_limit=settings.limits.attachments,
    )


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
