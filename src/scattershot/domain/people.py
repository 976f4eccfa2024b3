"""Those who sign in here, and the microblogs they keep. A person is never seen from outside and has no followers."""

from enum import StrEnum
from typing import NamedTuple

from scattershot.domain.ids import Millis, PersonId


class Role(StrEnum):
    """What a person may do on this node."""

    PERSON = "person"
    ADMIN = "admin"


class Person(NamedTuple):
    """Someone who signs in here; `secret` is an Argon2id hash (RFC 9106), empty where only a link lets them in."""

    id: PersonId
    name: str
    role: Role
    secret: str
    created: Millis
    disabled: bool = False


class KeeperRole(StrEnum):
    """What a keeper may do with a microblog: an editor writes, an owner also changes it and its keepers."""

    OWNER = "owner"
    EDITOR = "editor"
