"""Microblogs and who signs in for them, as those who run the node look through and judge them."""

from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import TypeAlias

from msgspec import Raw, Struct

from scattershot.app.moderating import Judged, Moderating, Sought
from scattershot.app.timelines import Timelines
from scattershot.domain.ids import MicroblogId, Millis, moment_of
from scattershot.domain.node import Standing
from scattershot.domain.notification import Measure
from scattershot.domain.reading import Refused
from scattershot.frontends.mastodon_api.accounts_as_json import AccountsAsJson
from scattershot.frontends.mastodon_api.admin import NOT_ALLOWED, AdminDoor, AdminPageParams
from scattershot.frontends.mastodon_api.admin_applicants import NOBODY, Applicants
from scattershot.frontends.mastodon_api.calls import NOT_FOUND, Answer, Call, Problem, Reply, paged, parse_id, refused
from scattershot.frontends.mastodon_api.endpoints import Endpoint, Handler, Who
from scattershot.frontends.mastodon_api.entities.account import Role
from scattershot.frontends.mastodon_api.entities.admin import AdminAccount
from scattershot.frontends.mastodon_api.params import Nothing
from scattershot.ports.database import Transaction
from scattershot.wirekit.dates import rfc3339

_MEASURES = {
    "none": Measure.NONE,
    "sensitive": Measure.SENSITIVE,
    "disable": Measure.DISABLED,
    "silence": Measure.LIMITED,
    "suspend": Measure.BLOCKED,
}
Deed: TypeAlias = Callable[[MicroblogId], Awaitable[Refused | None]]
_ADMIN = Role(id="3", name="Admin", permissions="1", highlighted=True)
"""Mastodon's bit 1 is: administrator, who may do everything."""


class SoughtParams(AdminPageParams, frozen=True):
    """Which microblogs, in the words of version 1 and 2. An `ip` is known of nobody here."""

    local: bool | None = None
    remote: bool | None = None
    active: bool | None = None
    pending: bool | None = None
    disabled: bool | None = None
    silenced: bool | None = None
    suspended: bool | None = None
    sensitized: bool | None = None
    staff: bool | None = None
    origin: str = ""
    status: str = ""
    permissions: str = ""
    username: str = ""
    by_domain: str = ""
    email: str = ""

    @property
    def waits(self) -> bool:
        """Whether those are looked for who wait to be let in."""
        return self.status == "pending" or (not self.status and bool(self.pending))

    @property
    def sought(self) -> Sought | None:
        """What is looked for, or None for what nobody is."""
        states = {
            "active": self.active, "pending": self.pending, "disabled": self.disabled, "silenced": self.silenced,
            "suspended": self.suspended,
        }  # fmt: skip
        status = self.status or next((name for name, wished in states.items() if wished), "")
        origin = self.origin or ("local" if self.local else "remote" if self.remote else "")
        if origin not in ("local", "remote", "") or status not in ("", *states):
            return None
        standing = {"active": Standing.NORMAL, "silenced": Standing.LIMITED, "suspended": Standing.BLOCKED}.get(status)
        return Sought(
            local=None if not origin else origin == "local",
            standing=standing,
            disabled={"disabled": True, "active": False}.get(status),
            sensitive=bool(self.sensitized),
            staff=bool(self.staff) or self.permissions == "staff",
            email=self.email.strip(),
            name=self.username.lower().lstrip("@").partition("@")[0],
            domain=self.by_domain.lower().strip(),
        )


class ActionParams(Struct, frozen=True):
    """What is done. Whoever is concerned is told here, for nobody gets mail."""

    type: str = ""
    text: str = ""
    report_id: str | None = None


class AdminAccountsAsJson:
    """Renders microblogs for those who run the node."""

    def __init__(self, moderating: Moderating, accounts: AccountsAsJson) -> None:
        self._moderating, self._accounts = moderating, accounts

    def of(self, tx: Transaction, ids: Iterable[MicroblogId], now: Millis) -> dict[MicroblogId, AdminAccount]:
        """Those of the microblogs that are known."""
        wanted = list(dict.fromkeys(ids))
        faces = self._moderating.faces_in(tx, wanted)
        judged = self._moderating.judged_in(tx, wanted)
        bodies = self._accounts.bodies(tx, faces.values(), now)
        return {each: _account(judged[each], bodies[each]) for each in wanted if each in faces and each in judged}


def _account(judged: Judged, body: bytes) -> AdminAccount:
    row = judged.row
    kept = judged.keeper is not None
    created = row.profile.created if row.profile.created is not None else moment_of(row.id)
    return AdminAccount(
        id=str(row.id),
        username=row.profile.name,
        domain=None if row.local else row.profile.domain,
        created_at=rfc3339(created),
        email=judged.email or None,
        ip=None,
        ips=[],
        locale=None,
        invite_request=None,
        role=None if not kept else _ADMIN if judged.is_admin else NOBODY,
        confirmed=True if kept else None,
        approved=True if kept else None,
        disabled=judged.disabled if kept else None,
        silenced=row.standing is Standing.LIMITED,
        suspended=row.standing is Standing.BLOCKED,
        sensitized=row.sensitive,
        account=Raw(body),
    )


class AdminAccounts:
    """The endpoints of microblogs."""

    def __init__(
        self,
        timelines: Timelines,
        moderating: Moderating,
        applicants: Applicants,
        entities: AdminAccountsAsJson,
        door: AdminDoor,
    ) -> None:
        self._timelines, self._moderating, self._entities, self._door = timelines, moderating, entities, door
        self._applicants = applicants

    @property
    def endpoints(self) -> list[Endpoint]:
        """Its endpoints."""
        one, person, only = "/api/v1/admin/accounts/{id}", Who.PERSON, self._door.only
        may_read, may_write = "admin:read:accounts", "admin:write:accounts"
        amends: dict[str, Deed] = {
            "enable": self._moderating.enable,
            "unsensitive": self._moderating.show_as_said,
            "unsilence": partial(self._moderating.pardon, was=Standing.LIMITED),
            "unsuspend": partial(self._moderating.pardon, was=Standing.BLOCKED),
        }
        return [
            *(
                Endpoint("GET", f"/api/{version}/admin/accounts", only(self._list), may_read, person, SoughtParams,
                         list[AdminAccount])
                for version in ("v1", "v2")
            ),
            Endpoint("GET", one, only(self._show), may_read, answers=AdminAccount),
            Endpoint("DELETE", one, only(self._delete), may_write, answers=AdminAccount),
            Endpoint("POST", f"{one}/action", only(self._judge), may_write, person, ActionParams),
            Endpoint("POST", f"{one}/approve", only(self._approve), may_write, answers=AdminAccount),
            Endpoint("POST", f"{one}/reject", only(self._reject), may_write, answers=AdminAccount),
            *(
                Endpoint("POST", f"{one}/{name}", only(self._undo(deed)), may_write, answers=AdminAccount)
                for name, deed in amends.items()
            ),
        ]  # fmt: skip

    async def _list(self, call: Call, params: SoughtParams) -> Reply:
        if params.waits:
            waiting = await self._applicants.page(params.window, params.size)
            older = int(waiting[-1].id) if len(waiting) == params.size else None
            return paged(call, waiting, older, int(waiting[0].id) if waiting else None)
        sought = params.sought
        found = await self._moderating.look(sought, params.window, params.size) if sought is not None else []

        def work(tx: Transaction) -> list[AdminAccount]:
            made = self._entities.of(tx, found, call.now)
            return [made[each] for each in found if each in made]

        shown = await self._timelines.read(work)
        older = found[-1] if len(found) == params.size else None
        return paged(call, shown, older, found[0] if found else None)

    async def _show(self, call: Call, _: Nothing) -> Reply:
        waiting = await self._applicants.one(call.id())
        return Answer(waiting) if waiting is not None else await self._answer(call)

    async def _answer(self, call: Call) -> Reply:
        return await self._answer_about(call, MicroblogId(call.id()))

    async def _answer_about(self, call: Call, wanted: MicroblogId) -> Reply:
        made = await self._timelines.read(lambda tx: self._entities.of(tx, [wanted], call.now))
        return Answer(made[wanted]) if wanted in made else NOT_FOUND

    async def _judge(self, call: Call, params: ActionParams) -> Reply:
        measure = _MEASURES.get(params.type)
        if measure is None:
            return Problem(422, "Validation failed: Type is not included in the list")
        report = parse_id(params.report_id) or 0 if params.report_id else None
        why = await self._moderating.judge(MicroblogId(call.id()), measure, params.text, report, call.who)
        return refused(why) if isinstance(why, Refused) else Answer({})

    def _undo(self, deed: Deed) -> Handler:
        """What was done to a microblog is taken back."""

        async def handle(call: Call, _: Nothing) -> Reply:
            why = await deed(MicroblogId(call.id()))
            return refused(why) if why is not None else await self._answer(call)

        return handle

    async def _approve(self, call: Call, _: Nothing) -> Reply:
        """Whoever was let in has another number from now on: that of their microblog, which is made in this moment."""
        entered = await self._applicants.approve(call.id())
        if entered is None:
            return await self._not_waiting(call)
        return refused(entered) if isinstance(entered, Refused) else await self._answer_about(call, entered)

    async def _reject(self, call: Call, _: Nothing) -> Reply:
        """The answer shows for the last time who waited."""
        before = await self._applicants.one(call.id())
        if before is None or not await self._applicants.reject(call.id()):
            return await self._not_waiting(call)
        return Answer(before)

    async def _not_waiting(self, call: Call) -> Reply:
        """Somebody who is here waits for nothing; nobody else is there."""
        found = await self._answer(call)
        return NOT_ALLOWED if isinstance(found, Answer) else found

    async def _delete(self, call: Call, _: Nothing) -> Reply:
        """The answer shows for the last time what was deleted."""
        before = await self._answer(call)
        why = await self._moderating.delete(MicroblogId(call.id()))
        return refused(why) if isinstance(why, Refused) else before
