"""Those who signed up and wait for a yes, as if they were accounts already: apps know no other way to show them.

Their numbers are small and those of microblogs are not, so one list of numbers serves for both.
"""

from msgspec import Raw, json

from scattershot.app.items import Face
from scattershot.app.sign_up import MOST_WAITING, Applicant, SignUp
from scattershot.domain.ids import MicroblogId
from scattershot.domain.microblog import Profile
from scattershot.domain.reading import Refused
from scattershot.domain.relations import Counts
from scattershot.domain.window import Window
from scattershot.domain.wire_id import ACTIVITYPUB, WireId
from scattershot.frontends.mastodon_api.accounts_as_json import AccountsAsJson
from scattershot.frontends.mastodon_api.entities.account import Role
from scattershot.frontends.mastodon_api.entities.admin import AdminAccount
from scattershot.settings import Settings
from scattershot.wirekit.dates import rfc3339

NOBODY = Role(id="-99", name="")
"""Mastodon's role of whoever has none."""
_NOTHING_YET = Counts()
_encode = json.Encoder().encode


class Applicants:
    """Shows, lets in and turns away."""

    def __init__(self, sign_up: SignUp, accounts: AccountsAsJson, settings: Settings) -> None:
        self._sign_up, self._accounts = sign_up, accounts
        self._origin, self._domain = settings.origin, settings.domain

    async def page(self, window: Window, limit: int) -> list[AdminAccount]:
        """Those who wait, the last to come first."""
        found = [each for each in await self._sign_up.waiting(MOST_WAITING) if _lies_in(each.number, window)]
        chosen = found[:limit] if window.nearest else found[-limit:]
        return [self._entity(each) for each in reversed(chosen)]

    async def one(self, number: int) -> AdminAccount | None:
        """Who waits under that number."""
        found = await self._sign_up.applicant(number)
        return self._entity(found) if found is not None else None

    async def approve(self, number: int) -> MicroblogId | Refused | None:
        """Let somebody in; their microblog, or None where nobody waits under that number."""
        entered = await self._sign_up.approve(number)
        if isinstance(entered, Refused):
            return None if entered.why == "not_found" else entered
        return entered.microblog

    async def reject(self, number: int) -> bool:
        """Turn somebody away; False where nobody waits under that number."""
        return await self._sign_up.reject(number) is None

    def _entity(self, applicant: Applicant) -> AdminAccount:
        name, _, domain = applicant.name.partition("@")
        address = f"{self._origin}/@{applicant.name}"
        profile = Profile(
            id=WireId(ACTIVITYPUB, address),
            name=name,
            domain=domain or self._domain,
            url=address,
            created=applicant.at,
        )
        face = Face(MicroblogId(applicant.number), profile, True, "")
        return AdminAccount(
            id=str(applicant.number),
            username=name,
            domain=None,
            created_at=rfc3339(applicant.at),
            email=applicant.email or None,
            ip=None,
            ips=[],
            locale=None,
            invite_request=applicant.reason or None,
            role=NOBODY,
            confirmed=True,
            approved=False,
            disabled=False,
            silenced=False,
            suspended=False,
            sensitized=False,
            account=Raw(_encode(self._accounts.entity(face, _NOTHING_YET))),
        )


def _lies_in(number: int, window: Window) -> bool:
    return (window.below is None or number < window.below) and number > (window.above or 0)
