"""Announcements: apps read them, put them away and react; whoever listens to their home hears of them."""

from collections.abc import Awaitable, Callable

from msgspec import UNSET, json

from scattershot.app.announcements import Announcements as Said
from scattershot.app.announcements import Became, Happened, Shown
from scattershot.app.timelines import Timelines
from scattershot.app.topics import Event, Topics
from scattershot.domain.ids import MicroblogId
from scattershot.domain.reading import Refused
from scattershot.frontends.mastodon_api.accounts_as_json import AccountsAsJson, emojis_of
from scattershot.frontends.mastodon_api.calls import Answer, Call, Reply, refused
from scattershot.frontends.mastodon_api.endpoints import Endpoint, Handler
from scattershot.frontends.mastodon_api.entities.announcement import Announcement, AnnouncementReaction
from scattershot.frontends.mastodon_api.entities.quote import Reaction
from scattershot.frontends.mastodon_api.entities.status import Mention, StatusTag
from scattershot.frontends.mastodon_api.params import Nothing
from scattershot.frontends.mastodon_api.statuses_as_json import reaction_name
from scattershot.ports.database import Transaction
from scattershot.wirekit.dates import rfc3339

Deed = Callable[[MicroblogId, int, str], Awaitable[Refused | None]]
_encode = json.Encoder().encode


class Announcements:
    """The endpoints of announcements; `tell` lets `topics` know what becomes of them."""

    def __init__(self, said: Said, timelines: Timelines, accounts: AccountsAsJson, origin: str) -> None:
        self._said, self._timelines, self._accounts, self._origin = said, timelines, accounts, origin
        self._shown = accounts.shown

    @property
    def endpoints(self) -> list[Endpoint]:
        """Its endpoints."""
        every, one = "/api/v1/announcements", "/api/v1/announcements/{id}"
        react, unreact = self._deed(self._said.react), self._deed(self._said.unreact)
        return [
            Endpoint("GET", every, self._list, answers=list[Announcement]),
            Endpoint("POST", f"{one}/dismiss", self._dismiss, "write:accounts"),
            Endpoint("PUT", f"{one}/reactions/{{name}}", react, "write:favourites"),
            Endpoint("DELETE", f"{one}/reactions/{{name}}", unreact, "write:favourites"),
        ]

    async def _list(self, call: Call, _: Nothing) -> Reply:
        found = await self._said.shown_to(call.who)
        return Answer(await self._timelines.read(lambda tx: [self._entity(tx, each, own=True) for each in found]))

    async def _dismiss(self, call: Call, _: Nothing) -> Reply:
        why = await self._said.put_away(call.who, call.id())
        return refused(why) if why is not None else Answer({})

    def _deed(self, deed: Deed) -> Handler:
        async def handle(call: Call, _: Nothing) -> Reply:
            why = await deed(call.who, call.id(), call.path["name"])
            return refused(why) if why is not None else Answer({})

        return handle

    def _entity(self, tx: Transaction, shown: Shown, *, own: bool) -> Announcement:
        row, said = shown.row, shown.row.said
        faces = self._timelines.faces_called(tx, [mention.id for mention in said.mentions]) if said.mentions else []
        return Announcement(
            id=str(row.id),
            content=said.html,
            starts_at=rfc3339(row.span.starts) if row.span.starts is not None else None,
            ends_at=rfc3339(row.span.ends) if row.span.ends is not None else None,
            all_day=row.span.all_day,
            published_at=rfc3339(row.published if row.published is not None else row.changed),
            updated_at=rfc3339(row.changed),
            mentions=[
                Mention(
                    id=str(face.id),
                    username=face.profile.name,
                    url=face.address,
                    acct=self._accounts.acct(face.profile),
                )
                for face in faces
            ],
            statuses=[],
            tags=[StatusTag(name=tag.lower(), url=f"{self._origin}/tags/{tag.lower()}") for tag in said.tags],
            emojis=emojis_of(said.emojis, self._shown),
            reactions=[
                Reaction(
                    name=reaction_name(tally.emoji),
                    count=tally.number,
                    me=tally.mine,
                    url=self._shown(tally.picture) or UNSET,
                    static_url=self._shown(tally.picture) or UNSET,
                )
                for tally in shown.reactions
            ],
            read=shown.is_read if own else UNSET,
        )

    # -- streams

    def tell(self, topics: Topics) -> None:
        """From now on whatever becomes of an announcement is told to all who listen to their home."""

        async def told(happened: Happened) -> None:
            match happened.became:
                case Became.GONE:
                    topics.tell_homes(Event.WITHDRAWN, str(happened.number).encode())
                case Became.REACTED if happened.tally is not None:
                    url = self._shown(happened.tally.picture) or UNSET
                    reaction = AnnouncementReaction(
                        name=reaction_name(happened.tally.emoji),
                        count=happened.tally.number,
                        announcement_id=str(happened.number),
                        url=url,
                        static_url=url,
                    )
                    topics.tell_homes(Event.REACTED, _encode(reaction))
                case _ if happened.shown is not None:
                    shown = happened.shown
                    entity = await self._timelines.read(lambda tx: self._entity(tx, shown, own=False))
                    topics.tell_homes(Event.ANNOUNCED, _encode(entity))
                case _:
                    pass

        self._said.on_change(told)
