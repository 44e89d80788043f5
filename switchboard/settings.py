"""The settings: one ``switchboard.toml``, overridden by ``SWITCHBOARD_*`` variables, checked whole at the start."""

import difflib
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from switchboard.errors import ConfigError

PREFIX = "SWITCHBOARD_"
FILE_NAME = "switchboard.toml"
NOT_SETTINGS = frozenset({"SWITCHBOARD_CONFIG", "SWITCHBOARD_EVAL_DATA"})
"""Variables with our prefix that are read elsewhere."""

Profile = Literal["embedded", "aws"]
BusyPolicy = Literal["queue", "steer", "interrupt", "reject"]

PROFILES: Mapping[str, Mapping[str, str]] = {
    "embedded": {
        "chat_model": "embedded",
        "conversations": "sqlite",
        "jobs": "sqlite",
        "job_queue": "store",
        "message_queue": "",
        "quotas": "memory",
        "blobs": "folder",
        "retriever": "embedded",
        "reader": "embedded",
    },
    "aws": {
        "chat_model": "",
        "conversations": "dynamodb",
        "jobs": "dynamodb",
        "job_queue": "sqs",
        "message_queue": "sqs",
        "quotas": "memory",
        "blobs": "s3",
        "retriever": "kendra",
        "reader": "embedded",
    },
}


AWS_SKEW_SECONDS = 30.0
"""How far clocks may differ where many machines answer; see `TurnSettings.clock_skew_seconds`."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Backends(_Table):
    """Which backend serves each role, by name; the profile gives the defaults."""

    chat_model: str = Field("", description="`embedded`, `bedrock:<model id>` or any `provider:model` of LangChain.")
    conversations: str = Field("", description="Where conversations are kept: `sqlite`, `memory` or `dynamodb`.")
    jobs: str = Field("", description="Where jobs are kept: `sqlite`, `memory` or `dynamodb`.")
    job_queue: str = Field("", description="How workers learn of jobs: `store` (they look there) or `sqs`.")
    message_queue: str = Field(
        "", description="Between those that receive messages and those that answer them: `sqs`; empty for none."
    )
    quotas: str = Field(
        "",
        description="Where it is counted who sends how much: `memory` (in each process), `sqlite` or `dynamodb`.",
    )
    blobs: str = Field("", description="Where files are kept: `folder`, `memory` or `s3`.")
    retriever: str = Field("", description="What searches the documents: `embedded`.")
    reader: str = Field("", description="What reads files: `embedded` or `textract`.")


class TurnSettings(_Table):
    """How a message is answered."""

    busy: BusyPolicy = Field(
        "queue",
        description="What a message gets while another is being answered: it waits (`queue`), is told to the running"
        " turn (`steer`), stops it (`interrupt`) or is turned away (`reject`).",
    )
    busy_on: dict[str, BusyPolicy] = Field({}, description="The same, for channels that are to do it differently.")
    waiting: int = Field(50, ge=1, le=1_000, description="Most messages that wait in one conversation.")
    lease_seconds: float = Field(
        30.0, ge=1, le=900, description="After this long without a sign of life, another worker takes over."
    )
    clock_skew_seconds: float = Field(
        0.0,
        ge=0,
        le=300,
        description="How far the clocks of workers on several machines may differ; a takeover waits so much longer.",
    )
    stop_seconds: float = Field(
        0.2,
        ge=0.02,
        le=60,
        description="How often a running turn looks whether it was stopped or steered from another machine.",
    )
    flush_seconds: float = Field(
        0.25,
        ge=0.05,
        le=60,
        description="How often a running turn's events are stored, for whoever follows it on another machine; each time"
        " is a request where requests are paid for.",
    )
    deadline_seconds: float = Field(300.0, gt=0, le=86_400, description="Most seconds that one answer may take.")
    after_deadline: Literal["continue", "hand_over"] = Field(
        "continue",
        description="What becomes of a turn when its channel can't wait any longer: it goes on as a job in the same"
        " process, or in a worker (`hand_over`). The default in Lambda functions, which are frozen when they have"
        " answered, is `hand_over`.",
    )
    window_turns: int = Field(12, ge=1, le=100, description="How many earlier turns the model sees.")
    max_steps: int = Field(6, ge=1, le=50, description="Most rounds of tool calls in one turn.")
    attempts: int = Field(3, ge=1, le=20, description="How often a message is tried when workers die over it.")

    def busy_for(self, channel: str) -> BusyPolicy:
        """The policy of a channel."""
        return self.busy_on.get(channel, self.busy)


class JobSettings(_Table):
    """Work that outlives a turn."""

    parallel: int = Field(2, ge=1, le=100, description="Most jobs that one process works on at a time.")
    lease_seconds: float = Field(
        60.0, ge=1, le=900, description="After this long without a sign of life, another worker takes a job over."
    )
    attempts: int = Field(3, ge=1, le=20, description="How often a job is tried before it has failed.")
    seconds: float = Field(3_600.0, gt=0, le=86_400, description="Most seconds that one attempt may take.")
    poll_seconds: float = Field(1.0, ge=0.05, le=60, description="How often a worker looks for jobs.")


class OutboxSettings(_Table):
    """Replies on their way to platforms."""

    parallel: int = Field(8, ge=1, le=100, description="Most conversations of a channel to which is sent at a time.")
    send_seconds: float = Field(30.0, gt=0, le=600, description="Most seconds that one sending may take.")
    first_pause: float = Field(
        1.0, ge=0.05, le=600, description="Seconds before the second attempt; doubled each time."
    )
    longest_pause: float = Field(600.0, ge=1, le=86_400, description="Most seconds between two attempts.")
    give_up_seconds: float = Field(
        86_400.0, gt=0, le=2_592_000, description="After so long without success a reply becomes a dead letter."
    )
    poll_seconds: float = Field(2.0, ge=0.05, le=60, description="How often it is looked for replies that are due.")


class LimitSettings(_Table):
    """What one person may send."""

    messages_per_minute: int = Field(60, ge=0, le=100_000, description="Most messages of a person; 0 for any number.")
    turns_per_person: int = Field(
        0, ge=0, le=100_000, description="Most turns of a person at a time; 0 for any number."
    )
    turns_per_tenant: int = Field(0, ge=0, le=1_000_000, description="Most turns at a time; 0 for any number.")
    message_characters: int = Field(32_000, ge=100, description="Longest message.")
    attachments: int = Field(10, ge=0, le=100, description="Most files with one message.")
    upload_bytes: int = Field(50_000_000, ge=1_000, description="Largest file sent in a chat.")
    document_bytes: int = Field(200_000_000, ge=1_000, description="Largest file put into the library.")
    document_pages: int = Field(5_000, ge=1, description="Most pages of one file.")
    reading_seconds: float = Field(
        120.0, gt=0, description="Most seconds for reading one file; each page that has to be recognised adds 30."
    )


class ToolSettings(BaseModel):
    """Which tools the agent has; a tool may have a table of its own here."""

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, dict[str, Any]]

    enabled: tuple[str, ...] = Field((), description="Names of tools; empty for all that are installed.")
    deadlines: dict[str, float] = Field({}, description="Most seconds of a call, by tool, over the tool's own.")


class RetentionSettings(_Table):
    """How long conversations are kept. `switchboard serve` sees to it at its start and once a day."""

    days: int = Field(
        0,
        ge=0,
        le=36_500,
        description="Conversations not used for so many days are forgotten, with their files and jobs; 0 keeps all.",
    )


class WebSocketSettings(_Table):
    """The web chat."""

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8080, ge=0, le=65_535, description="Port to listen on; 0 for any free one.")
    origins: tuple[str, ...] = Field((), description="Other origins whose pages may embed the widget.")


class AwsSettings(_Table):
    """Amazon's services, for the backends that use them. Credentials are found as the SDK does."""

    region: str = Field("", description="Region; empty for the environment's, such as `AWS_REGION`.")
    endpoint: str = Field("", description="Another address than the services' own, such as an emulator's.")
    table: str = Field("", description="DynamoDB table of conversations and jobs.")
    bucket: str = Field("", description="S3 bucket of files.")
    queue_url: str = Field("", description="SQS FIFO queue of messages.")
    job_queue_url: str = Field("", description="SQS queue of jobs.")
    key_prefix: str = Field(
        "",
        pattern=r"^[A-Za-z0-9_./-]{0,100}$",
        description="Put before all keys in the table and the bucket, where installations share them.",
    )
    retention_days: int = Field(
        0, ge=0, le=36_500, description="Conversations and jobs not used for so many days are removed; 0 keeps all."
    )


class ChannelSettings(BaseModel):
    """Which channels are on; a channel that is not built in has a table of its own here."""

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, dict[str, Any]]

    enabled: tuple[str, ...] = Field((), description="Names of channels; empty for all that are installed.")
    websocket: WebSocketSettings = WebSocketSettings()


class Settings(_Table):
    """Everything that can be set."""

    profile: Profile = Field("embedded", description="`embedded`: all on this machine. `aws`: Amazon's services.")
    tenant: str = Field("local", min_length=1, max_length=200, description="The organisation that this serves.")
    data_dir: Path = Field(Path("~/.switchboard"), description="The one folder for everything that is kept.")
    backends: Backends = Backends()
    turn: TurnSettings = TurnSettings()
    jobs: JobSettings = JobSettings()
    outbox: OutboxSettings = OutboxSettings()
    limits: LimitSettings = LimitSettings()
    retention: RetentionSettings = RetentionSettings()
    tools: ToolSettings = ToolSettings()
    channels: ChannelSettings = ChannelSettings()
    aws: AwsSettings = AwsSettings()

    @model_validator(mode="before")
    @classmethod
    def _profile_backends(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        defaults = PROFILES.get(data.get("profile", "embedded"), {})
        chosen, turn = data.get("backends", {}), data.get("turn", {})
        if data.get("profile") == "aws" and isinstance(turn, dict):
            data = {**data, "turn": {"clock_skew_seconds": AWS_SKEW_SECONDS, **turn}}
        return {**data, "backends": {**defaults, **chosen}} if isinstance(chosen, dict) else data


def load(path: Path | None = None, environ: Mapping[str, str] = os.environ) -> Settings:
    """Read and check the settings.

    Args:
        path: The file; otherwise ``SWITCHBOARD_CONFIG``, otherwise ``switchboard.toml`` in the current folder if there.
        environ: The variables. ``SWITCHBOARD_TURN__BUSY`` is ``busy`` in the table ``[turn]``.

    Raises:
        ConfigError: Something is wrong; it names the file and line, or the variable, and the fix.
    """
    named = path or (Path(environ["SWITCHBOARD_CONFIG"]) if environ.get("SWITCHBOARD_CONFIG") else None)
    file = named or Path(FILE_NAME)
    text = _read(file, required=named is not None)
    data = _parse(text, file)
    overrides = dict(_from_environment(environ))
    for loc, value in overrides.items():
        _put(data, loc, value)
    try:
        settings = Settings.model_validate(data)
    except ValidationError as error:
        raise _config_error(error, text, file, overrides) from None
    return settings.model_copy(update={"data_dir": settings.data_dir.expanduser().absolute()})


def _read(file: Path, *, required: bool) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        if not required:
            return ""
        raise ConfigError(
            "There is no such settings file.", fix="Check the path, or leave it out for the defaults.", where=str(file)
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"The settings file can't be read ({type(error).__name__}).",
            fix="It has to be a readable text file in UTF-8.",
            where=str(file),
        ) from None


def _parse(text: str, file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        where = f"{file}, line {line[1]}" if line else str(file)
        problem = re.sub(r"\s*\(at .*\)", "", str(error))
        raise ConfigError(f"This is not valid TOML: {problem}.", fix="Mend the line.", where=where) from None


def _from_environment(environ: Mapping[str, str]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, value in environ.items():
        if name.startswith(PREFIX) and name not in NOT_SETTINGS:
            loc = tuple(part.lower() for part in name.removeprefix(PREFIX).split("__"))
            yield loc, value.split(",") if _is_list(loc) and value else [] if _is_list(loc) else value


def _is_list(loc: tuple[str, ...]) -> bool:
    return loc[-1] in ("enabled", "origins")


def _put(data: dict[str, Any], loc: tuple[str, ...], value: Any) -> None:
    table = data
    for part in loc[:-1]:
        inner = table.setdefault(part, {})
        if not isinstance(inner, dict):
            return
        table = inner
    table[loc[-1]] = value


def _config_error(
    error: ValidationError, text: str, file: Path, overrides: Mapping[tuple[str, ...], Any]
) -> ConfigError:
    fault = error.errors()[0]
    loc = tuple(str(part) for part in fault["loc"])
    name = ".".join(loc)
    if fault["type"] == "extra_forbidden":
        problem, fix = f"There is no setting {name}.", _nearest(loc)
    elif fault["type"] == "dict_type" and name not in names():
        problem, fix = f"There is no setting {name}, unless as a table.", _nearest(loc)
    elif fault["type"] == "literal_error":
        problem, fix = f"{name} can't be {fault['input']!r}.", f"Use {fault['ctx']['expected']}."
    else:
        problem, fix = f"{name} is not right: {fault['msg'].lower()}.", f"It is {fault['input']!r} now; change it."
    for length in range(len(loc), 0, -1):
        if loc[:length] in overrides:
            where = "the variable " + PREFIX + "__".join(loc[:length]).upper()
            return ConfigError(problem, fix=fix, where=where)
    line = _line_of(loc, text)
    return ConfigError(problem, fix=fix, where=f"{file}, line {line}" if line else str(file))


def _nearest(loc: tuple[str, ...]) -> str:
    known = list(names())
    close = difflib.get_close_matches(".".join(loc), known, n=1, cutoff=0.5)
    return f"Did you mean {close[0]}?" if close else "Remove it; docs/settings.md lists what there is."


def names(model: type[BaseModel] = Settings, prefix: str = "") -> Iterator[str]:
    """Every setting's full name, such as ``turn.busy``."""
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from names(kind, f"{prefix}{name}.")
        else:
            yield prefix + name


def _line_of(loc: tuple[str, ...], text: str) -> int:
    """The line, from 1, on which a setting stands; its table's line if it is not there itself; 0 if neither is."""
    table: tuple[str, ...] = ()
    best = 0
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*\[+([^\]]+)\]", line):
            table = tuple(part.strip().strip("\"'") for part in header[1].split("."))
            if table == loc[: len(table)]:
                best = number
        elif key := re.match(r"\s*([\w.\"'-]+)\s*=", line):
            here = table + tuple(part.strip("\"'") for part in key[1].split("."))
            if here == loc[: len(here)]:
                return number
    return best
