"""Microblogs as JSON: the entity Account, kept as bytes while neither the profile nor its counts have changed."""

from collections.abc import Iterable
from typing import NamedTuple

from msgspec import json, structs

from scattershot.app.counts import Tally
from scattershot.app.items import Face
from scattershot.app.lately import Lately
from scattershot.app.timelines import Timelines
from scattershot.domain.ids import MicroblogId, Millis, moment_of
from scattershot.domain.microblog import Emoji, Profile, Voice
from scattershot.domain.microblog import Field as Line
from scattershot.domain.relations import Counts
from scattershot.domain.wire_id import WireId
from scattershot.frontends.mastodon_api.entities.account import (
    Account,
    CredentialAccount,
    CustomEmoji,
    Field,
    Role,
    Source,
)
from scattershot.frontends.mastodon_api.media_as_json import Shown
from scattershot.ports.database import Transaction
from scattershot.wirekit.dates import rfc3339

MISSING_AVATAR, MISSING_HEADER = "/avatars/original/missing.png", "/headers/original/missing.png"
"""Mastodon's paths for whoever has no picture: clients know them by these names."""

_BOTS = (Voice.SERVICE, Voice.APPLICATION)
_encode = json.Encoder().encode


class _Rendered(NamedTuple):
    face: Face
    counts: Counts
    body: bytes


class AccountsAsJson:
    """Renders microblogs. `domain` is the node's first, whose names stand alone; `origin` is where it is reached."""

    def __init__(
        self, origin: str, domain: str, tally: Tally, timelines: Timelines, shown: Shown, remembered: int = 5_000
    ) -> None:
        self._origin, self._domain, self._tally, self._timelines, self.shown = origin, domain, tally, timelines, shown
        self._bodies: Lately[MicroblogId, _Rendered] = Lately(remembered)

    def bodies(
        self, tx: Transaction, faces: Iterable[Face], now: Millis, *, fresh: bool = False
    ) -> dict[MicroblogId, bytes]:
        """The entity of each as JSON; `fresh` counts what happened up to now."""
        wanted = {face.id: face for face in faces}
        counts = self._tally.of(tx, wanted, now, fresh=fresh)
        bodies: dict[MicroblogId, bytes] = {}
        for number, face in wanted.items():
            if face.profile.moved_to:
                bodies[number] = _encode(self._moved(tx, face, counts[number], now))
                continue
            known = self._bodies.get(number)
            if known is None or known.face is not face or known.counts is not counts[number]:
                body = _encode(self.entity(face, counts[number]))
                known = self._bodies[number] = _Rendered(face, counts[number], body)
            bodies[number] = known.body
        return bodies

    def good_until(self, shown: Iterable[MicroblogId]) -> Millis:
        """Up to when those whose entities were just made need not be counted anew."""
        return self._tally.good_until(shown)

    def one(self, tx: Transaction, face: Face, now: Millis) -> Account:
        """The entity of one."""
        counts = self._tally.of(tx, [face.id], now)[face.id]
        return self._moved(tx, face, counts, now) if face.profile.moved_to else self.entity(face, counts)

    def _moved(self, tx: Transaction, face: Face, counts: Counts, now: Millis) -> Account:
        """One that moved, with the one it lives on as, where that is known here and says the same."""
        account, profile = self.entity(face, counts), face.profile
        for target in self._timelines.faces_called(tx, [WireId(profile.id.protocol, profile.moved_to)]):
            if profile.id.value in target.profile.also_known_as:
                there = self.entity(target, self._tally.of(tx, [target.id], now)[target.id])
                return structs.replace(account, moved=there)
        return account

    def own(self, tx: Transaction, face: Face, now: Millis, source: Source, role: Role) -> CredentialAccount:
        """One's own microblog, counted anew."""
        account = self.entity(face, self._tally.of(tx, [face.id], now, fresh=True)[face.id])
        return CredentialAccount(**structs.asdict(account), source=source, role=role)

    def list(self, tx: Transaction, faces: Iterable[Face], now: Millis) -> bytes:
        """A list of them."""
        chosen = list(faces)
        bodies = self.bodies(tx, chosen, now)
        return b"[" + b",".join(bodies[face.id] for face in chosen) + b"]"

    def entity(self, face: Face, counts: Counts) -> Account:
        """The entity itself."""
        profile = face.profile
        avatar = self.shown(profile.avatar) or self._origin + MISSING_AVATAR
        header = self.shown(profile.header) or self._origin + MISSING_HEADER
        return Account(
            id=str(face.id),
            username=profile.name,
            acct=self.acct(profile),
            display_name=profile.display_name,
            locked=profile.locked,
            bot=profile.voice in _BOTS,
            discoverable=profile.discoverable,
            indexable=profile.indexable,
            group=profile.voice is Voice.GROUP,
            created_at=rfc3339(profile.created if profile.created is not None else moment_of(face.id)),
            note=profile.bio,
            url=face.address,
            uri=profile.id.uri,
            avatar=avatar,
            avatar_static=avatar,
            header=header,
            header_static=header,
            followers_count=counts.followers,
            following_count=counts.following,
            statuses_count=counts.posts,
            last_status_at=rfc3339(counts.last_post)[:10] if counts.last_post is not None else None,
            hide_collections=profile.hides_graph,
            noindex=not profile.indexable,
            emojis=emojis_of(profile.emojis, self.shown),
            roles=[],
            fields=[_field(field) for field in profile.fields],
            limited=face.limited,
            memorial=profile.memorial,
        )

    def acct(self, profile: Profile) -> str:
        """`name` for the node's own first domain, else `name@domain`."""
        return profile.name if profile.domain == self._domain else f"{profile.name}@{profile.domain}"


def _field(line: Line) -> Field:
    seen = rfc3339(line.verified) if line.verified is not None else None
    return Field(name=line.name, value=line.value, verified_at=seen)


def emojis_of(emojis: Iterable[Emoji], shown: Shown) -> list[CustomEmoji]:
    """Custom emojis as the API has them; one whose picture cannot be shown is left as it is written."""
    pictures = [(each.shortcode, shown(each.url)) for each in emojis]
    return [CustomEmoji(shortcode=name, url=url, static_url=url) for name, url in pictures if url]
