"""People: one's own microblog and others'."""

from scattershot.app.timelines import Timelines as Reads
from scattershot.frontends.mastodon_api.accounts_as_json import AccountsAsJson
from scattershot.frontends.mastodon_api.calls import NOT_FOUND, Answer, Call, Reply
from scattershot.frontends.mastodon_api.endpoints import Endpoint, Who
from scattershot.frontends.mastodon_api.entities.account import Account, CredentialAccount, Field, Role, Source
from scattershot.frontends.mastodon_api.params import Nothing
from scattershot.ports.database import Transaction


class Accounts:
    """The account endpoints."""

    def __init__(self, timelines: Reads, accounts: AccountsAsJson) -> None:
        self._timelines, self._accounts = timelines, accounts

    @property
    def endpoints(self) -> list[Endpoint]:
        """Its endpoints."""
        return [
            Endpoint("GET", "/api/v1/accounts/verify_credentials", self._own, "profile", answers=CredentialAccount),
            Endpoint("GET", "/api/v1/accounts/{id}", self._show, "read:accounts", Who.ANYONE, answers=Account),
        ]

    async def _own(self, call: Call, _: Nothing) -> Reply:
        def work(tx: Transaction) -> Answer:
            [face] = self._timelines.faces_in(tx, [call.who])
            profile = face.profile
            source = Source(
                privacy="public",
                sensitive=False,
                language=None,
                note=profile.bio_source,
                fields=[Field(name=field.name, value=field.value) for field in profile.fields],
                follow_requests_count=0,
                hide_collections=profile.hides_graph,
                discoverable=profile.discoverable,
                indexable=profile.indexable,
            )
            body = self._accounts.own(tx, face, call.now, source, Role(id="0", name=""))
            return Answer(body)

        return await self._timelines.read(work)

    async def _show(self, call: Call, _: Nothing) -> Reply:
        face = await self._timelines.face(call.id())
        if face is None:
            return NOT_FOUND

        def work(tx: Transaction) -> bytes:
            return self._accounts.bodies(tx, [face], call.now, fresh=True)[face.id]

        return Answer(await self._timelines.read(work))
