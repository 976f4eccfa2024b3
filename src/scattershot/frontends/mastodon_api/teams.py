"""Teams: which microblogs somebody keeps, and who keeps one. An extension: apps sign in once for each microblog."""

from collections.abc import Iterable

from msgspec import Struct, json

from scattershot.app.items import Face
from scattershot.app.keepers import Keepers
from scattershot.app.timelines import Timelines as Reads
from scattershot.domain.ids import MicroblogId
from scattershot.frontends.mastodon_api.accounts_as_json import AccountsAsJson
from scattershot.frontends.mastodon_api.calls import NOT_FOUND, Answer, Call, Reply
from scattershot.frontends.mastodon_api.endpoints import Endpoint
from scattershot.frontends.mastodon_api.entities.team import Keeper, KeptMicroblog
from scattershot.frontends.mastodon_api.params import Nothing
from scattershot.ports.database import Transaction

MICROBLOGS = "/api/v1/scattershot/microblogs"
_encode = json.Encoder().encode


class _Kept(Struct, frozen=True):
    """A KeptMicroblog without its account."""

    role: str
    is_own: bool
    is_current: bool


class _Keeper(Struct, frozen=True):
    """A Keeper without its account."""

    role: str
    is_named: bool
    is_own: bool


class Teams:
    """The endpoints of teams."""

    def __init__(self, keepers: Keepers, timelines: Reads, accounts: AccountsAsJson) -> None:
        self._keepers, self._timelines, self._accounts = keepers, timelines, accounts

    @property
    def endpoints(self) -> list[Endpoint]:
        """Its endpoints."""
        return [
            Endpoint("GET", MICROBLOGS, self._microblogs, "read:accounts", answers=list[KeptMicroblog],
                     extension="the microblogs that one keeps; by a token for another than one's own, that one alone"),
            Endpoint("GET", f"{MICROBLOGS}/{{id}}/keepers", self._of, "read:accounts", answers=list[Keeper],
                     extension="who keeps the microblog for which the token acts, and in what role"),
        ]  # fmt: skip

    async def _microblogs(self, call: Call, _: Nothing) -> Reply:
        """A program let in for one microblog of several learns nothing of the others."""
        kept = (await self._keepers.kept_by(call.person)).kept
        current = next((each for each in kept if each.id == call.who), None)
        shown = [each for each in kept if each.id == call.who or (current is not None and current.is_main)]

        def work(tx: Transaction) -> bytes:
            faces = self._timelines.faces_in(tx, [each.id for each in shown])
            accounts = self._accounts.bodies(tx, faces, call.now)
            return _joined(
                (accounts[each.id], _encode(_Kept(each.role, each.is_main, each.id == call.who)))
                for each in shown
                if each.id in accounts
            )

        return Answer(await self._timelines.read(work))

    async def _of(self, call: Call, _: Nothing) -> Reply:
        wanted = MicroblogId(call.id())
        team = await self._keepers.team(call.person, wanted) if wanted == call.who else None
        if team is None:
            return NOT_FOUND
        known: list[Face] = [each.face for each in team.keepers if each.face is not None]

        def work(tx: Transaction) -> bytes:
            accounts = self._accounts.bodies(tx, known, call.now)
            return _joined(
                (
                    accounts[each.face.id] if each.face is not None else b"null",
                    _encode(_Keeper(each.role, each.named, each.is_main)),
                )
                for each in team.keepers
            )

        return Answer(await self._timelines.read(work))


def _joined(pairs: Iterable[tuple[bytes, bytes]]) -> bytes:
    """A list of what stands beside an account, each with that account."""
    return b"[" + b",".join(b'{"account":' + account + b"," + rest[1:] for account, rest in pairs) + b"]"
