import json
from pathlib import Path

import pytest

from switchboard import Unreadable
from tools.retrieval import sidecar
from tools.retrieval.backend import Access

NAME = "report.pdf"


def _parse(**members):
    return sidecar.parse(json.dumps(members).encode(), name=NAME)


def _refused(data, words):
    with pytest.raises(Unreadable) as caught:
        sidecar.parse(data if isinstance(data, bytes) else json.dumps(data).encode(), name=NAME)
    assert caught.value.code == "sidecar"
    assert words in caught.value.reason
    assert caught.value.user_text.startswith("report.pdf can't be read: its .metadata.json file")


def _acl(*entries):
    return [{"Name": name, "Type": kind, "Access": access} for name, kind, access in entries]


def test_a_sidecar_is_named_like_its_document_with_the_whole_ending():
    assert sidecar.beside(Path("a/report.pdf")) == Path("a/report.pdf.metadata.json")


def test_a_whole_sidecar_is_read():
    found = _parse(
        DocumentId="hr-7",
        Title="Leave  policy",
        ContentType="PDF",
        Attributes={
            "_category": "policy",
            "_created_at": "2026-01-05",
            "_source_uri": "https://intranet.test/leave",
            "_view_count": 12,
            "countries": ["DK", "DE"],
        },
        AccessControlList=_acl(("ida", "USER", "ALLOW"), ("hr", "GROUP", "ALLOW"), ("temps", "GROUP", "DENY")),
    )
    assert (found.document_id, found.title, found.uri) == ("hr-7", "Leave policy", "https://intranet.test/leave")
    assert found.attributes == {
        "_category": "policy",
        "_created_at": "2026-01-05",
        "_source_uri": "https://intranet.test/leave",
        "_view_count": 12.0,
        "countries": ("DK", "DE"),
    }
    assert found.access == Access(
        users=frozenset({"ida"}), groups=frozenset({"hr"}), denied_groups=frozenset({"temps"})
    )


def test_everything_is_optional():
    assert _parse() == sidecar.Sidecar()


def test_no_access_list_is_not_the_same_as_an_empty_one():
    assert _parse().access is None
    assert _parse(AccessControlList=[]).access == Access()


def test_a_list_that_only_denies_lets_nobody_read():
    access = _parse(AccessControlList=_acl(("temps", "GROUP", "DENY"))).access
    assert access == Access(denied_groups=frozenset({"temps"}))
    assert not access.public


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("2012-03-25T12:30:10+01:00", "2012-03-25T11:30:10+00:00"),
        ("2012-03-25T12:30:10Z", "2012-03-25T12:30:10+00:00"),
        ("2012-03-25T12:30:10", "2012-03-25T12:30:10"),
        ("2012-03-25", "2012-03-25"),
    ],
)
def test_moments_are_kept_in_utc_so_that_they_compare(given, kept):
    assert _parse(Attributes={"_created_at": given}).attributes == {"_created_at": kept}


@pytest.mark.parametrize(
    "uri", ["javascript:alert(1)", "file:///etc/passwd", "s3://bucket/key", "https://", "http://[", "x"]
)
def test_only_a_web_address_becomes_a_link(uri):
    assert _parse(Attributes={"_source_uri": uri}).uri == ""


def test_an_attribute_without_a_value_is_left_out():
    assert _parse(Attributes={"a": None, "b": True}).attributes == {"b": "true"}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "line 1 is not valid JSON"),
        (b"{\n  broken", "line 2 is not valid JSON"),
        (b"\xff\xfe", "not UTF-8"),
        (b"[]", "must hold one JSON object"),
        (b"[" * 100_000, "nests too deeply"),
        (b" " * 1_000_001, "more than 1,000,000 bytes"),
        (b'{"Attributes": {"n": NaN}}', "NaN"),
        (b'{"Attributes": {"n": 1e999}}', 'the attribute "n"'),
        (b'{"AccessControlList": [], "AccessControlList": []}', "stands in it twice"),
        ({"Title": 7}, '"Title" must be a text'),
        ({"ContentType": []}, '"ContentType" must be a text'),
        ({"Attributes": []}, '"Attributes" must be an object'),
        ({"Attributes": {"a": {"b": 1}}}, 'the attribute "a"'),
        ({"Attributes": {"a": ["x", 1]}}, 'the attribute "a"'),
        ({"Attributes": {"_created_at": "yesterday"}}, "ISO 8601"),
        ({"Attributes": {"_created_at": 20260105}}, "ISO 8601"),
    ],
)
def test_a_broken_sidecar_is_told_with_what_is_wrong(data, words):
    _refused(data, words)


def test_a_misspelt_access_list_is_refused_with_a_hint_rather_than_passed_over():
    _refused({"AccessControlLists": []}, 'did you mean "AccessControlList"?')
    _refused({"accessControlList": []}, 'did you mean "AccessControlList"?')


def test_an_unknown_member_is_refused_with_those_that_are_known():
    _refused({"Colour": "red"}, "known are DocumentId")


@pytest.mark.parametrize("member", ["AccessControlConfigurationId", "HierarchicalAccessControlList"])
def test_access_that_is_kept_in_kendra_is_refused(member):
    _refused({member: "x"}, "list users and groups instead")


@pytest.mark.parametrize(
    "entries",
    [
        None,
        {},
        "everybody",
        [None],
        [{"Name": "ida", "Type": "USER"}],
        [{"Name": "ida", "Type": "USER", "Access": "ALLOW", "Extra": 1}],
        _acl(("", "USER", "ALLOW")),
        _acl((" ", "GROUP", "DENY")),
        _acl((7, "USER", "ALLOW")),
        _acl(("ida", "user", "ALLOW")),
        _acl(("ida", "USER", "Allow")),
        _acl(("ida", "USER", "ALLOW"), ("bob", "ROLE", "ALLOW")),
        [{"Name": "ida", "Type": [], "Access": "ALLOW"}],
    ],
)
def test_an_access_list_that_is_not_wholly_understood_opens_nothing(entries):
    _refused({"AccessControlList": entries}, "AccessControlList")
