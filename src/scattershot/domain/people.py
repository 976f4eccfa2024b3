"""Those who sign in here, and the microblogs they keep. A person is never seen from outside and has no followers."""

import re
from enum import StrEnum
from typing import NamedTuple

from scattershot.domain.ids import MicroblogId, Millis, PersonId


class Role(StrEnum):
    """What a person may do on this node."""

    PERSON = "person"
    ADMIN = "admin"


class Person(NamedTuple):
    """Someone who signs in here; `secret` is an Argon2id hash (RFC 9106), empty where only a link lets them in.

    `main` is the microblog that was made with them and bears their name: by it others know who they are.
    """

    id: PersonId
    name: str
    role: Role
    secret: str
    created: Millis
    disabled: bool = False
    main: MicroblogId | None = None


class KeeperRole(StrEnum):
    """What a keeper may do with a microblog: an editor writes, an owner also changes it and its keepers."""

    OWNER = "owner"
    EDITOR = "editor"


class Deed(StrEnum):
    """What somebody does as a microblog; every page and endpoint that speaks as one asks whether its keeper may."""

    READ = "read"
    """Reading what comes to it: its home timeline, what it is told, what it keeps for itself."""
    WRITE = "write"
    """Posts, what is done with posts (boosts, likes, votes, pins), and one's own posts altered or taken back."""
    ALTER = "alter"
    """Altering and taking back what another keeper wrote."""
    RELATE = "relate"
    """Whom it follows, who follows it, whom it mutes and blocks."""
    PRESENT = "present"
    """Its profile."""
    KEEP = "keep"
    """Its keepers, and whether they are named."""
    END = "end"
    """Moving it away, and deleting it."""


_EDITORS = frozenset({Deed.READ, Deed.WRITE})


def may(role: KeeperRole | None, deed: Deed) -> bool:
    """Whether a keeper of that role may do that as the microblog; None is nobody's role."""
    match role:
        case None:
            return False
        case KeeperRole.OWNER:
            return True
        case KeeperRole.EDITOR:
            return deed in _EDITORS


MAX_EMAIL = 254
_EMAIL = re.compile(r"[^\s@<>\"(),;:\\\[\]]{1,64}@[^\s@<>\"(),;:\\\[\]/]{1,253}")


def email_problem(email: str) -> str:
    """Why it cannot be an e-mail address, in words for people, or nothing; whether it is theirs nobody can tell."""
    if len(email) > MAX_EMAIL or not _EMAIL.fullmatch(email) or not email.isprintable():
        return "That is not an e-mail address."
    return ""
