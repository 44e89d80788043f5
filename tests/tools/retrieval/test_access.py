"""Who may read what: the whole matrix, and the laws that hold for all of it."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard import Principal
from tools.retrieval.access import may
from tools.retrieval.backend import Access

NAMES = st.sampled_from(["", "ann", "bob", "hr", "finance"])
SETS = st.frozensets(NAMES)
CONVERSATIONS = st.sampled_from(["", "t/web/r/1", "t/web/r/2"])
PRINCIPALS = st.builds(Principal, id=NAMES, groups=SETS, verified=st.booleans())
ACCESS = st.builds(
    Access,
    public=st.booleans(),
    users=SETS,
    groups=SETS,
    denied_users=SETS,
    denied_groups=SETS,
    conversation=CONVERSATIONS,
)


@pytest.mark.parametrize(
    ("public", "user", "group", "denied_user", "denied_group", "verified"), list(product([False, True], repeat=6))
)
def test_the_matrix(
    public: bool, user: bool, group: bool, denied_user: bool, denied_group: bool, verified: bool
) -> None:
    access = Access(
        public=public,
        users=frozenset({"ann"} if user else ()),
        groups=frozenset({"hr"} if group else ()),
        denied_users=frozenset({"ann"} if denied_user else ()),
        denied_groups=frozenset({"hr"} if denied_group else ()),
    )
    asking = Principal(id="ann", groups=frozenset({"hr"}), verified=verified)
    expected = not (denied_user or denied_group) and (public or (verified and (user or group)))
    assert may(asking, access) is expected


@given(PRINCIPALS, CONVERSATIONS)
def test_what_names_nobody_is_read_by_nobody(principal: Principal, conversation: str) -> None:
    assert not may(principal, Access(), conversation=conversation)


@given(PRINCIPALS, ACCESS, CONVERSATIONS)
def test_a_denial_beats_everything(principal: Principal, access: Access, conversation: str) -> None:
    if principal.id in access.denied_users or principal.groups & access.denied_groups:
        assert not may(principal, access, conversation=conversation)


@given(PRINCIPALS, ACCESS, CONVERSATIONS)
def test_an_attachment_is_read_in_its_conversation_by_its_owner_only(
    principal: Principal, access: Access, conversation: str
) -> None:
    if access.conversation and may(principal, access, conversation=conversation):
        assert conversation == access.conversation
        assert principal.id
        assert principal.id in access.users


@given(PRINCIPALS, ACCESS, CONVERSATIONS)
def test_the_unverified_read_nothing_but_what_is_public_or_their_own_attachment(
    principal: Principal, access: Access, conversation: str
) -> None:
    if not principal.verified and may(principal, access, conversation=conversation):
        assert access.public or access.conversation == conversation != ""


def test_an_unverified_owner_reads_the_own_attachment() -> None:
    access = Access(conversation="t/web/r/1", users=frozenset({"visitor"}))
    assert may(Principal(id="visitor"), access, conversation="t/web/r/1")
    assert not may(Principal(id="visitor"), access, conversation="t/web/r/2")
    assert not may(Principal(id="other"), access, conversation="t/web/r/1")


def test_names_are_compared_exactly() -> None:
    assert not may(Principal(id="Ann", verified=True), Access(users=frozenset({"ann"})))
