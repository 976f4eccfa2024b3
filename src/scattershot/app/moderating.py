"""What those who run the node do about microblogs and complaints: limiting, shutting, letting be again, deleting.

A microblog that is shut (`Standing.BLOCKED`) is shown nowhere and can do nothing; one kept here comes back as it was.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

from scattershot.app import dispatch, notifying, readers
from scattershot.app.apply.change import apply
from scattershot.app.apply.origin import House, Origin
from scattershot.app.dealing import end_tie
from scattershot.app.house_rules import HouseRule
from scattershot.app.items import ALL, Face, Item, Items, line
from scattershot.app.programs import Programs
from scattershot.domain.change import Vanished
from scattershot.domain.ids import MicroblogId, Millis, PersonId, PostId, TokenId
from scattershot.domain.node import Standing
from scattershot.domain.notification import Cause, Measure
from scattershot.domain.people import Role
from scattershot.domain.reading import Refused
from scattershot.domain.report import Category
from scattershot.domain.window import Window
from scattershot.ports.bus import Bus
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction
from scattershot.storage.tables import (
    house_rules,
    microblogs,
    moderation,
    people,
    posts,
    report_care,
    reports,
    sign_ups,
)
from scattershot.storage.tables.moderation import Sought

__all__ = ["Judged", "Moderating", "Report", "Sought"]

MAX_TEXT = 5_000
"""Characters of what is told to somebody who is judged."""
VIA = "moderation"

Work: TypeAlias = Callable[[Transaction], Refused | list[TokenId]]
_STANDINGS = {Measure.LIMITED: Standing.LIMITED, Measure.BLOCKED: Standing.BLOCKED}
_DONE_HERE = (Measure.NONE, Measure.SENSITIVE, Measure.DISABLED, *_STANDINGS)
_NO_SUCH = Refused("not_found", "There is no such microblog.")
_NOBODYS = Refused("invalid", "Nobody signs in for that microblog by its name. It can be silenced or suspended.")
_NO_REPORT = Refused("not_found", "There is no such report.")


class Judged(NamedTuple):
    """How a microblog stands here, and who signs in for it."""

    row: microblogs.Row
    keeper: PersonId | None
    is_admin: bool
    disabled: bool
    email: str = ""


class Report(NamedTuple):
    """A complaint, and who looks after it and dealt with it."""

    filed: reports.Report
    assigned: MicroblogId | None
    resolved_by: MicroblogId | None
    updated: Millis


class Moderating:
    """Deeds of those who run the node."""

    def __init__(
        self, database: Database, clock: Clock, bus: Bus, house: House, programs: Programs, domain: str
    ) -> None:
        """`domain` is the node's first."""
        self._database, self._clock, self._bus, self._house, self._programs = database, clock, bus, house, programs
        self._items = Items(domain)

    async def is_admin(self, person: PersonId) -> bool:
        """Whether the person runs the node."""
        found = await self._database.read(lambda tx: people.get(tx, person))
        return found is not None and found.role is Role.ADMIN and not found.disabled

    # -- microblogs

    async def look(self, sought: Sought, window: Window, limit: int) -> list[MicroblogId]:
        """The microblogs that are looked for, the last to come first."""
        return await self._database.read(lambda tx: moderation.page(tx, sought, window, limit), slow=True)

    def judged_in(self, tx: Transaction, ids: Sequence[MicroblogId]) -> dict[MicroblogId, Judged]:
        """How each of the microblogs stands."""
        rows = microblogs.get_many(tx, list(ids))
        keepers: dict[MicroblogId, list[moderation.Keeping]] = {}
        for keeping in moderation.keepers(tx, list(rows)):
            keepers.setdefault(MicroblogId(keeping.microblog), []).append(keeping)
        found = {}
        for number, row in rows.items():
            kept = keepers.get(number, [])
            found[number] = Judged(
                row,
                PersonId(kept[0].person) if kept else None,
                any(each.role == Role.ADMIN for each in kept),
                any(each.disabled for each in kept if each.is_main),
                kept[0].email if kept else "",
            )
        return found

    def faces_in(self, tx: Transaction, ids: Sequence[MicroblogId]) -> dict[MicroblogId, Face]:
        """Those of the microblogs that are known, also whom nobody else is shown."""
        return self._items.every_face(tx, ids)

    async def judge(
        self, microblog: MicroblogId, measure: Measure, text: str = "", report: int | None = None,
        by: MicroblogId | None = None,
    ) -> Refused | None:  # fmt: skip
        """Warn, limit or shut a microblog, show all it posts as sensitive, or let whoever signs in for it in no more.

        That settles a complaint; anything but a warning settles all that are open. Who is kept here is told why.
        """
        if len(text) > MAX_TEXT:
            return Refused("invalid", f"What is told to somebody has at most {MAX_TEXT:,} characters.")
        if measure not in _DONE_HERE:
            return Refused("invalid", "That is not done here: none, sensitive, disable, silence or suspend.")
        now = self._clock.now()
        shut_out: list[PersonId] = []

        def work(tx: Transaction) -> Refused | list[TokenId]:
            row = self._subject(tx, microblog)
            if isinstance(row, Refused):
                return row
            about = _settled(tx, microblog, report, by, now, all_open=measure is not Measure.NONE)
            if isinstance(about, Refused):
                return about
            if measure is Measure.DISABLED:
                shut_out[:] = _set_disabled(tx, row, disabled=True)
                if not shut_out:
                    return _NOBODYS
            if row.local and (text or measure is not Measure.NONE):
                notifying.note_warning(tx, microblog, measure, text, about, VIA, now)
            if measure is Measure.SENSITIVE:
                moderation.set_sensitive(tx, microblog, True)
            standing = _STANDINGS.get(measure)
            return self._stand(tx, row, standing, now) if standing is not None else []

        refused = await self._written(work)
        for person in shut_out if refused is None else ():
            self._programs.forget_person(person)
        return refused

    async def enable(self, microblog: MicroblogId) -> Refused | None:
        """Let whoever signs in for a microblog in again; they need their password or a new link."""

        def work(tx: Transaction) -> Refused | list[TokenId]:
            row = microblogs.get(tx, microblog)
            if row is None or row.gone:
                return _NO_SUCH
            return [] if _set_disabled(tx, row, disabled=False) else _NOBODYS._replace(why="not_allowed")

        return await self._written(work)

    async def pardon(self, microblog: MicroblogId, was: Standing) -> Refused | None:
        """Let a microblog that is limited (or shut) be again as any other; only what is shut must be so."""

        def work(tx: Transaction) -> Refused | list[TokenId]:
            row = microblogs.get(tx, microblog)
            if row is None or row.gone:
                return _NO_SUCH
            if row.standing is was:
                moderation.set_standing(tx, microblog, Standing.NORMAL)
            elif was is Standing.BLOCKED:
                return Refused("not_allowed", "It is not so that this could be taken back.")
            return []

        return await self._written(work)

    async def show_as_said(self, microblog: MicroblogId) -> Refused | None:
        """What the microblog posts is no longer shown as sensitive unless it says so itself."""

        def work(tx: Transaction) -> Refused | list[TokenId]:
            row = microblogs.get(tx, microblog)
            if row is None or row.gone:
                return _NO_SUCH
            moderation.set_sensitive(tx, microblog, False)
            return []

        return await self._written(work)

    async def delete(self, microblog: MicroblogId) -> Refused | None:
        """Delete a microblog that was shut, with all it wrote, for ever; and people who keep nothing else."""
        now = self._clock.now()
        ended: list[PersonId] = []

        def work(tx: Transaction) -> Refused | list[TokenId]:
            row = self._subject(tx, microblog)
            if isinstance(row, Refused):
                return row
            if row.standing is not Standing.BLOCKED:
                return Refused("not_allowed", "Only what was suspended before is deleted.")
            tokens = moderation.end_tokens(tx, microblog)
            keepers = [PersonId(each.person) for each in moderation.keepers(tx, [microblog])]
            apply(tx, Vanished(actor=row.profile.id), Origin(now, VIA, asked_for=True), self._house)
            if row.local:  # others who ask are told that it is gone
                moderation.set_standing(tx, microblog, Standing.NORMAL)
            for person in keepers:
                if not microblogs.kept_by(tx, person):
                    people.remove(tx, person)
                    ended.append(person)
            return tokens

        refused = await self._written(work)
        for person in ended:
            self._programs.forget_person(person)
        return refused

    async def appoint(self, microblog: MicroblogId, role: Role, by: PersonId) -> Refused | None:
        """Let whoever bears that microblog's name run the node too, or no longer; nobody does that to themselves, so
        that there is always somebody left."""

        def work(tx: Transaction) -> Refused | list[TokenId]:
            bearers = [PersonId(each.person) for each in moderation.keepers(tx, [microblog]) if each.is_main]
            if not bearers:
                return _NOBODYS
            if by in bearers:
                return Refused("not_allowed", "Not for yourself: ask another who runs the node.")
            for person in bearers:
                people.set_role(tx, person, role)
            return []

        return await self._written(work)

    def _subject(self, tx: Transaction, microblog: MicroblogId) -> microblogs.Row | Refused:
        """The microblog, where it may be judged: neither the node's own voice nor kept by who runs the node."""
        row = microblogs.get(tx, microblog)
        if row is None or row.gone:
            return _NO_SUCH
        keepers = moderation.keepers(tx, [microblog])
        if row.local and (not keepers or any(each.role == Role.ADMIN for each in keepers)):
            return Refused("not_allowed", "Those who run the node are not judged here.")
        return row

    def _stand(self, tx: Transaction, row: microblogs.Row, standing: Standing, now: Millis) -> list[TokenId]:
        """Nothing follows it or is followed by it any more that is shut and lives elsewhere; the tokens that ended."""
        tokens: list[TokenId] = []
        if standing is Standing.BLOCKED:
            if row.local:
                tokens = moderation.end_tokens(tx, row.id)
            else:
                ties = moderation.ties_of(tx, row.id)
                notifying.note_losses(tx, ties, str(row.profile.handle)[1:], now, Cause.SHUT)
                for follower, followee in ties:
                    end_tie(tx, self._house, follower, followee, now)
        moderation.set_standing(tx, row.id, standing)
        return tokens

    async def _written(self, work: Work) -> Refused | None:
        done = await self._database.write(work)
        if isinstance(done, Refused):
            return done
        for token in done:
            self._programs.forget(token)
        self._bus.nudge(readers.TOPIC)
        self._bus.nudge(dispatch.TOPIC)
        return None

    # -- complaints

    async def reports(
        self, *, resolved: bool, reporter: MicroblogId | None, target: MicroblogId | None, window: Window, limit: int
    ) -> list[int]:
        """The numbers of complaints, newest first."""
        return await self._database.read(
            lambda tx: report_care.page(
                tx, resolved=resolved, reporter=reporter, target=target, window=window, limit=limit
            )
        )

    def reports_in(self, tx: Transaction, numbers: Sequence[int]) -> list[Report]:
        """Those of the complaints that exist, in the same order."""
        cared = report_care.of(tx, list(numbers))
        filed = [found for number in numbers if (found := reports.get(tx, number)) is not None]
        return [_report(each, cared.get(each.id)) for each in filed]

    def accused_in(self, tx: Transaction, about: Sequence[PostId], viewer: MicroblogId) -> list[Item]:
        """Posts that were complained of, whoever may read them otherwise."""
        known = posts.get_many(tx, list(about)) if about else {}
        return self._items.make(
            tx, [line(known[post]) for post in about if post in known], viewer, self._clock.now(), ALL
        )

    def rules_in(self, tx: Transaction, numbers: Sequence[int]) -> list[HouseRule]:
        """Those of the rules of the house that are rules still."""
        return [rule for rule in house_rules.every(tx) if rule.id in numbers] if numbers else []

    async def assign(self, number: int, to: MicroblogId | None) -> Refused | None:
        """Let somebody, or nobody, look after a complaint."""
        now = self._clock.now()

        def work(tx: Transaction) -> Refused | list[TokenId]:
            if reports.get(tx, number) is None:
                return _NO_REPORT
            report_care.assign(tx, number, to, now)
            return []

        return await self._written(work)

    async def settle(self, number: int, by: MicroblogId | None) -> Refused | None:
        """A complaint was dealt with by somebody; None: it is open again. What is so already stays so."""
        now = self._clock.now()

        def work(tx: Transaction) -> Refused | list[TokenId]:
            if reports.get(tx, number) is None:
                return _NO_REPORT
            if reports.resolve(tx, number, now) if by is not None else report_care.reopen(tx, number):
                report_care.settled_by(tx, number, by, now)
            return []

        return await self._written(work)

    async def classify(self, number: int, category: Category | None, rules: tuple[int, ...] | None) -> Refused | None:
        """Say anew what a complaint is about; None leaves it. Only one of broken rules names any."""
        now = self._clock.now()

        def work(tx: Transaction) -> Refused | list[TokenId]:
            filed = reports.get(tx, number)
            if filed is None:
                return _NO_REPORT
            sort = category if category is not None else filed.category
            if rules and set(rules) - {rule.id for rule in house_rules.every(tx)}:
                return Refused("invalid", "Validation failed: Rules does not reference valid rules")
            broken = filed.rules if rules is None else tuple(dict.fromkeys(rules))
            report_care.classify(tx, number, sort, broken if sort is Category.VIOLATION else (), now)
            return []

        return await self._written(work)


def _set_disabled(tx: Transaction, row: microblogs.Row, *, disabled: bool) -> list[PersonId]:
    """Let those whose name it bears in no more, or again; who they are. Those who keep it besides are not concerned."""
    found = [PersonId(each.person) for each in moderation.keepers(tx, [row.id]) if each.is_main] if row.local else []
    for person in found:
        people.set_disabled(tx, person, disabled)
        if disabled:
            sign_ups.drop_invitations_of(tx, person)
    return found


def _settled(
    tx: Transaction, target: MicroblogId, report: int | None, by: MicroblogId | None, now: Millis, *, all_open: bool
) -> list[PostId] | Refused:
    """What was done settles a complaint, or all that are open; the posts that it was about."""
    filed = reports.get(tx, report) if report is not None else None
    if report is not None and (filed is None or filed.target != target):
        return _NO_REPORT
    numbers = {filed.id} if filed is not None else set()
    for number in sorted(numbers | set(report_care.open_about(tx, target) if all_open else ())):
        if reports.resolve(tx, number, now):
            report_care.settled_by(tx, number, by, now)
    return list(filed.posts) if filed is not None else []


def _report(filed: reports.Report, care: report_care.Care | None) -> Report:
    updated = max(filed.at, filed.resolved_at or 0, care.at if care is not None else 0)
    if care is None:
        return Report(filed, None, None, Millis(updated))
    return Report(filed, care.assigned, care.resolved_by, Millis(updated))
