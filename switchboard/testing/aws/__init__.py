"""Amazon's services on this machine, for whoever tests an assistant: one server that the SDK talks to as to Amazon.

    with FakeAws(FakeTextract(objects=files.get)) as aws:
        os.environ.update(aws.environment)
        boto3.client("textract").detect_document_text(Document={"Bytes": picture})

Requests and answers are held to the description of the service that the SDK ships: shapes, what is required, lengths,
enumerations, patterns. A service is one file: what it keeps, and a function for each operation that it knows.
"""

from switchboard.testing.aws.bedrock import FakeBedrock
from switchboard.testing.aws.ecs import FakeEcs
from switchboard.testing.aws.gateway import FakeGateway
from switchboard.testing.aws.server import FakeAws
from switchboard.testing.aws.service import FakeService, Parameters, ServiceFault, Trouble
from switchboard.testing.aws.textract import FakeTextract, Found

__all__ = [
    "FakeAws",
    "FakeBedrock",
    "FakeEcs",
    "FakeGateway",
    "FakeService",
    "FakeTextract",
    "Found",
    "Parameters",
    "ServiceFault",
    "Trouble",
]
