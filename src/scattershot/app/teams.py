"""Teams as their keepers see them: who keeps what, in which role, and who is asked to.

Plain functions of a transaction; what is done about it is in `app/keepers`.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from msgspec import Struct

from scattershot.app.items import Face, Items
from scattershot.domain.ids import MicroblogId, Millis, PersonId
from scattershot.domain.microblog import Profile
from scattershot.domain.people import Deed, KeeperRole, may
from scattershot.ports.database import Transaction
from scattershot.storage.tables import keepers as rows
from scattershot.storage.tables import microblogs, people


class Kept(NamedTuple):
    """A microblog that somebody keeps, and in what role; `is_main` where it bears their name."""

    id: MicroblogId
    profile: Profile
    role: KeeperRole
    is_main: bool = False


class Keeping(NamedTuple):
    """The microblogs somebody keeps, the one that bears their name first; `asked` counts those they are asked to."""

    kept: tuple[Kept, ...]
    asked: int = 0


class Keeper(Struct, frozen=True):
    """One keeper of a microblog; `face` is that of their own microblog, None where nothing of them is shown."""

    person: PersonId
    face: Face | None
    role: KeeperRole
    named: bool
    is_main: bool


class Asked(Struct, frozen=True):
    """Somebody who is asked to keep a microblog; `face` is theirs, None for whoever has the link."""

    number: int
    microblog: Face
    role: KeeperRole
    face: Face | None
    expires: Millis


class Team(Struct, frozen=True):
    """All about who keeps a microblog, as one of its keepers sees it; only owners see who is asked."""

    face: Face
    me: Keeper
    keepers: list[Keeper]
    asked: list[Asked]
    shows_writers: bool


def keeping(tx: Transaction, person: PersonId, now: Millis) -> Keeping:
    """What the person keeps, and is asked to."""
    main, roles = main_of(tx, person), rows.roles(tx, person)
    kept = [Kept(row.id, row.profile, roles[row.id], row.id == main) for row in microblogs.kept_by(tx, person)]
    kept.sort(key=lambda each: not each.is_main)
    return Keeping(tuple(kept), rows.count_invitations_of(tx, person, now))


def team(tx: Transaction, items: Items, person: PersonId, microblog: MicroblogId, now: Millis) -> Team | None:
    """Who keeps the microblog; None for whoever does not."""
    own = rows.get(tx, person, microblog)
    if own is None:
        return None
    found = rows.of(tx, microblog)
    asked = rows.invitations(tx, microblog, now) if may(own.role, Deed.KEEP) else []
    mains = {each.id: main_of(tx, each.person) if each.person is not None else None for each in asked}
    faces = items.faces(tx, known([microblog, *(each.main for each in found), *mains.values()]))
    if microblog not in faces:
        return None
    return Team(
        face=faces[microblog],
        me=_keeper(own, faces, microblog),
        keepers=[_keeper(each, faces, microblog) for each in found],
        asked=[_asked(each, faces[microblog], _face(faces, mains[each.id])) for each in asked],
        shows_writers=rows.shows_writers(tx, microblog),
    )


def invitations(tx: Transaction, items: Items, found: Iterable[rows.Invitation]) -> list[Asked]:
    """Those of the invitations that stand, with the face of whoever asked."""
    standing = [each for each in found if stands(tx, each)]
    mains = {each.inviter: main_of(tx, each.inviter) for each in standing}
    faces = items.faces(tx, known([*(each.microblog for each in standing), *mains.values()]))
    return [
        _asked(each, faces[each.microblog], _face(faces, mains[each.inviter]))
        for each in standing
        if each.microblog in faces
    ]


def stands(tx: Transaction, invitation: rows.Invitation) -> bool:
    """Whether whoever asked still may."""
    return may(rows.role(tx, invitation.inviter, invitation.microblog), Deed.KEEP)


def main_of(tx: Transaction, person: PersonId) -> MicroblogId | None:
    """The microblog that bears the person's name."""
    somebody = people.get(tx, person)
    return somebody.main if somebody is not None else None


def known(ids: Iterable[MicroblogId | None]) -> list[MicroblogId]:
    """Those that are, each once."""
    return list(dict.fromkeys(each for each in ids if each is not None))


def _face(faces: Mapping[MicroblogId, Face], microblog: MicroblogId | None) -> Face | None:
    return faces.get(microblog) if microblog is not None else None


def _keeper(found: rows.Keeper, faces: Mapping[MicroblogId, Face], microblog: MicroblogId) -> Keeper:
    return Keeper(found.person, _face(faces, found.main), found.role, found.named, found.main == microblog)


def _asked(invitation: rows.Invitation, microblog: Face, face: Face | None) -> Asked:
    return Asked(invitation.id, microblog, invitation.role, face, invitation.expires)
