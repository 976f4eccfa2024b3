"""What keepers may do, in full; and e-mail addresses as people type them."""

import pytest

from scattershot.domain.people import Deed, KeeperRole, email_problem, may


def test_an_editor_reads_and_writes_and_does_nothing_else() -> None:
    assert {deed for deed in Deed if may(KeeperRole.EDITOR, deed)} == {Deed.READ, Deed.WRITE}


def test_an_owner_may_do_everything_and_nobody_nothing() -> None:
    assert all(may(KeeperRole.OWNER, deed) for deed in Deed)
    assert not any(may(None, deed) for deed in Deed)


@pytest.mark.parametrize("email", ["ann@example.org", "a.b+c@sub.example.org", "jürgen@exämple.de", "a@b"])
def test_what_may_be_an_address_is_taken(email: str) -> None:
    assert email_problem(email) == ""


@pytest.mark.parametrize(
    "email", ["", "ann", "@example.org", "ann@", "a b@c.d", "a@b@c", "ann@example.org\nBcc: x@y.z", "a\0@b.c",
              "x" * 65 + "@example.org", "a@" + "b" * 254, "ann@example.org, bob@example.org", "<ann@example.org>"],
)  # fmt: skip
def test_what_cannot_be_an_address_is_not(email: str) -> None:
    assert email_problem(email)
