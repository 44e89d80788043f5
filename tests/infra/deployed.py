"""Our functions as ministack runs them: each in a process of its own, behind a WebSocket API and a queue.

ministack has each function's code from a zip, as Amazon does; what the functions import is found by ``PYTHONPATH``.
"""

import io
import json
import sys
import sysconfig
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import boto3

from stores.dynamodb.keys import CONNECTION
from tests.aws import REGION, World

ROOT = Path(__file__).resolve().parents[2]
ROLE = "arn:aws:iam::000000000000:role/functions"
ROUTES = {"$connect": "connect", "$default": "frames", "$disconnect": "disconnect"}
SECONDS = 60
"""That a function may take, and after which a message that it did not answer comes again."""
STAGE = "prod"


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """A WebSocket API with its functions.

    Attributes:
        address: Where clients open sockets.
        endpoint: Where frames for them are taken.
    """

    world: World
    table: str
    bucket: str
    address: str
    endpoint: str

    def with_ticket(self, ticket: str) -> str:
        """The address with a ticket in it."""
        return f"{self.address}?ticket={quote(ticket)}"

    def connections(self) -> list[str]:
        """The ids of the connections that the functions know."""
        items = self.world.sdk("dynamodb").scan(TableName=self.table)["Items"]
        return [unquote(item["pk"]["S"][2:]) for item in items if item["sk"]["S"] == CONNECTION]

    def files(self) -> list[str]:
        """The keys of what is in the bucket."""
        return [entry["Key"] for entry in self.world.sdk("s3").list_objects_v2(Bucket=self.bucket).get("Contents", [])]

    def hang_up(self) -> None:
        """Close the sockets of all connections that the functions know, as after two hours."""
        gateway = boto3.client("apigatewaymanagementapi", region_name=REGION, endpoint_url=self.endpoint)
        for name in self.connections():
            with suppress(gateway.exceptions.GoneException):
                gateway.delete_connection(ConnectionId=name)


def deploy(world: World, folder: Path, settings: Mapping[str, str]) -> Deployed:
    """Make the API, its functions and the queue between them; nothing is called yet.

    Args:
        folder: Where the functions may write.
        settings: Those of the functions, besides where things are.
    """
    gateway = world.sdk("apigatewayv2")
    made = gateway.create_api(
        Name="chat", ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.no_such_member"
    )
    api = made["ApiId"]
    path = f"{urlsplit(world.endpoint).netloc}/_aws/execute-api/{api}/{STAGE}"
    there = Deployed(
        world=world, table=world.table().name, bucket=_bucket(world), address=f"ws://{path}", endpoint=f"http://{path}"
    )
    queue = world.queue(VisibilityTimeout=str(SECONDS))
    variables = _variables(there, queue, folder) | {f"SWITCHBOARD_{name}": value for name, value in settings.items()}
    for route, name in ROUTES.items():
        function = _function(world, f"{name}-{api}", name, variables)
        uri = f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{function}/invocations"
        integration = gateway.create_integration(
            ApiId=api, IntegrationType="AWS_PROXY", IntegrationMethod="POST", IntegrationUri=uri
        )
        gateway.create_route(ApiId=api, RouteKey=route, Target=f"integrations/{integration['IntegrationId']}")
    gateway.create_stage(ApiId=api, StageName=STAGE)
    _answered(world, queue, _function(world, f"answer-{api}", "answer", variables))
    return there


def _variables(there: Deployed, queue: str, folder: Path) -> dict[str, str]:
    world = there.world
    own = {
        "PROFILE": "aws",
        "DATA_DIR": str(folder),
        "BACKENDS__CHAT_MODEL": "embedded",
        "BACKENDS__RETRIEVER": "embedded",
        "AWS__REGION": REGION,
        "AWS__ENDPOINT": world.endpoint,
        "AWS__TABLE": there.table,
        "AWS__BUCKET": there.bucket,
        "AWS__QUEUE_URL": queue,
        "AWS__JOB_QUEUE_URL": world.queue(fifo=False),
        "CHANNELS__GATEWAY__ENDPOINT": there.endpoint,
    }
    packages = sysconfig.get_paths()["purelib"]
    found = {f"SWITCHBOARD_{name}": value for name, value in own.items()}
    return {**found, "CHANNELS": "gateway", "PYTHONPATH": f"{ROOT}:{packages}"}


def _bucket(world: World) -> str:
    """A bucket to which pages may send files."""
    name = world.bucket()
    rule = {"AllowedMethods": ["PUT"], "AllowedOrigins": ["*"], "AllowedHeaders": ["*"]}
    world.sdk("s3").put_bucket_cors(Bucket=name, CORSConfiguration={"CORSRules": [rule]})
    return name


def _function(world: World, name: str, module: str, variables: Mapping[str, str]) -> str:
    """Make a function of `infra.functions`. Returns its ARN."""
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as packed:
        packed.writestr("function.py", f"from infra.functions.{module} import handler as handler\n")
    made = world.sdk("lambda").create_function(
        FunctionName=name,
        Runtime=f"python{sys.version_info.major}.{sys.version_info.minor}",
        Role=ROLE,
        Handler="function.handler",
        Code={"ZipFile": code.getvalue()},
        Timeout=SECONDS,
        Environment={"Variables": dict(variables)},
    )
    return str(made["FunctionArn"])


def _answered(world: World, queue: str, function: str) -> None:
    """Have a function called with what is in a queue."""
    arn = world.sdk("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    world.sdk("lambda").create_event_source_mapping(
        EventSourceArn=arn,
        FunctionName=function,
        BatchSize=10,
        FunctionResponseTypes=["ReportBatchItemFailures"],
    )


def frame(**members: Any) -> str:
    """What a client sends."""
    return json.dumps(members)
