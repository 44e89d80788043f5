"""What S3 says through EventBridge, and Textract through SNS, as our words. Pure."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

log = logging.getLogger("switchboard.channels")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a file is in S3."""

    bucket: str
    key: str


def created(event: Mapping[str, Any]) -> Place | None:
    """The file that an event of EventBridge tells of; ``None`` if it tells of something else."""
    if event.get("source") != "aws.s3" or event.get("detail-type") != "Object Created":
        return None
    detail = event["detail"]
    return Place(bucket=str(detail["bucket"]["name"]), key=str(detail["object"]["key"]))


def recognised(event: Mapping[str, Any]) -> list[Place]:
    """The files that Textract is done with, well or not, as SNS tells a function; what can't be read is logged."""
    found = []
    for record in event.get("Records", ()):
        try:
            place = json.loads(record["Sns"]["Message"])["DocumentLocation"]
            found.append(Place(bucket=str(place["S3Bucket"]), key=_key(str(place["S3ObjectName"]))))
        except (KeyError, TypeError, ValueError, RecursionError) as error:
            log.warning("a notice of Textract can't be read (%s)", type(error).__name__)
    return found


def _key(name: str) -> str:
    """The key of an object; ours have no characters that anybody escapes, so nothing is lost if nobody did."""
    return unquote_plus(name)
