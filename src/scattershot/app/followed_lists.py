"""Lists of hosts that others keep at an address, followed: read now and then, and done as they say, by themselves or
once those who run the node have looked. What was set by hand stays as it was set (`domain.block_list`)."""

import logging
from typing import NamedTuple

from scattershot.app.block_lists import Unread, read_list
from scattershot.app.dealing import Dealing
from scattershot.domain import block_list
from scattershot.domain.block_list import Deed, Step
from scattershot.domain.ids import Millis
from scattershot.domain.node import HostRule
from scattershot.domain.reading import Refused
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction
from scattershot.ports.fetcher import Fetcher, Unreachable, followed
from scattershot.storage.tables import block_lists as rows
from scattershot.storage.tables import rules
from scattershot.storage.tables.block_lists import Row
from scattershot.wirekit.http_message import Headers, Request, Response
from scattershot.wirekit.urls import parse_url

EVERY = 6 * 3_600_000
"""Milliseconds between two looks at a list."""
LEASE = 15 * 60_000
"""Milliseconds after which a list is due again whose reading came to nothing, as when the node was stopped."""
MAX_BYTES = 4_000_000
MAX_LISTS = 50
MAX_REDIRECTS = 3
PATIENCE = 20.0
"""Seconds for one request."""
_DOUBTFUL = "It lost more than half of what it said at once. Look at it, and take it over if that is meant."

_logger = logging.getLogger(__name__)


class Plan(NamedTuple):
    """What a list asks for as it was last read, and the lines that say nothing we understand."""

    row: Row
    steps: tuple[Step, ...]
    unread: tuple[Unread, ...]
    brought: int

    @property
    def changes(self) -> int:
        """How many hosts would be dealt with otherwise."""
        return sum(step.deed in (Deed.SET, Deed.LIFTED) for step in self.steps)


class Done(NamedTuple):
    """What came of following a list: hosts set and lifted, and follows that ended."""

    set: int
    lifted: int
    follows: int


class FollowedLists:
    """Follows lists; they are read by the guarded fetcher, so that no address leads into our own network."""

    def __init__(
        self, database: Database, clock: Clock, fetcher: Fetcher, dealing: Dealing, user_agent: str, *,
        insecure_http: bool = False,
    ) -> None:  # fmt: skip
        self._database, self._clock, self._fetcher, self._dealing = database, clock, fetcher, dealing
        self._headers = (("user-agent", user_agent), ("accept", "text/csv, text/plain;q=0.9, */*;q=0.1"))
        self._schemes = ("https", "http") if insecure_http else ("https",)

    # -- which

    async def every(self) -> list[Row]:
        """All lists that are followed."""
        return await self._database.read(rows.every)

    async def follow(self, address: str, *, by_itself: bool) -> int | Refused:
        """Follow the list there from now on; its number. It is read at once by `step`."""
        url = parse_url(address.strip())
        if url is None or url.scheme not in self._schemes or not url.host:
            return Refused("invalid", "That is no https address.")
        now = self._clock.now()

        def work(tx: Transaction) -> int | Refused:
            if len(rows.every(tx)) >= MAX_LISTS:
                return Refused("invalid", f"No more than {MAX_LISTS} lists are followed.")
            number = rows.add(tx, url.text, now, by_itself=by_itself)
            return number if number is not None else Refused("invalid", "That list is followed already.")

        return await self._database.write(work)

    async def settle(self, number: int, *, by_itself: bool) -> bool:
        """Whether it is done as it says without anybody looking; False where there is no such list."""

        def work(tx: Transaction) -> bool:
            row = rows.get(tx, number)
            if row is not None:
                rows.put(tx, row._replace(by_itself=by_itself))
            return row is not None

        return await self._database.write(work)

    async def unfollow(self, number: int, *, lift: bool) -> int:
        """Follow it no more; with `lift` what stands for its sake alone is lifted, else it stays as if set by hand. How
        many were lifted."""
        lifted = 0
        if lift:
            plan = await self.plan(number)
            if plan is not None:
                steps = block_list.plan({}, *await self._database.read(lambda tx: _known(tx, number, {})))
                lifted = (await self._do(number, steps)).lifted
        await self._database.write(lambda tx: rows.drop(tx, number))
        return lifted

    # -- what they say

    async def plan(self, number: int) -> Plan | None:
        """What the list asks for, as it was last read."""

        def work(tx: Transaction) -> Plan | None:
            row = rows.get(tx, number)
            if row is None:
                return None
            listed, unread = _listed(row.said)
            brought, known = _known(tx, number, listed)
            steps = block_list.plan(listed, brought, known) if row.checked else ()
            steps = tuple(step for step in steps if step.rule is None or self._dealing.problem(step.rule) is None)
            return Plan(row, steps, unread, len(brought))

        return await self._database.read(work, slow=True)

    async def take(self, number: int) -> Done | None:
        """Do what the list asks for."""
        plan = await self.plan(number)
        if plan is None:
            return None
        done = await self._do(number, plan.steps)
        await self._database.write(lambda tx: _without_problem(tx, number))
        return done

    async def _do(self, number: int, steps: tuple[Step, ...]) -> Done:
        """Each host by itself, with the note for whose sake, in one transaction."""
        was_set = lifted = follows = 0
        for host, deed, why, rule in steps:
            if deed is Deed.SET and rule is not None:
                said = block_list.said_of(rule)
                assert said is not None
                ended = await self._dealing.judge(
                    rule,
                    lambda tx, host=host, said=said: rows.bring(tx, number, host, said),  # type: ignore[misc]
                )
                if isinstance(ended, Refused):
                    _logger.info("a list says of %s what cannot be: %s", host, ended.detail)
                    continue
                was_set, follows = was_set + 1, follows + ended
            elif deed is Deed.LIFTED:
                await self._dealing.unblock(host, lambda tx, host=host: rows.forget(tx, number, [host]))  # type: ignore[misc]
                lifted += 1
            elif deed is Deed.FORGOTTEN:
                await self._database.write(lambda tx, host=host: rows.forget(tx, number, [host]))  # type: ignore[misc]
            _logger.debug("%s by list %s: %s, %s", host, number, deed, why)
        if lifted:
            now = self._clock.now()
            await self._database.write(lambda tx: rows.wake_others(tx, number, now))
        return Done(was_set, lifted, follows)

    # -- reading them

    async def read_now(self, number: int) -> bool:
        """Read it at once; False where there is no such list."""
        row = await self._database.read(lambda tx: rows.get(tx, number))
        if row is not None:
            await self._read(row)
        return row is not None

    async def step(self) -> int:
        """Read what is due; how many those were."""
        now = self._clock.now()
        due = await self._database.read(lambda tx: rows.due(tx, now))
        for row in due:
            until = Millis(now + LEASE)
            await self._database.write(lambda tx, row=row, until=until: rows.postpone(tx, row.id, until))  # type: ignore[misc]
            await self._read(row)
        return len(due)

    async def run(self) -> None:
        """Read lists as they fall due."""
        while True:
            if not await self.step():
                await self._clock.sleep(60.0)

    async def _read(self, row: Row) -> None:
        answer = await self._asked(row)
        now = self._clock.now()
        row = row._replace(due=Millis(now + EVERY), problem="")
        match answer:
            case Unreachable():
                row = row._replace(problem=f"It could not be read: {answer.said}.")
            case Response(status=304) if row.checked:
                row = row._replace(checked=now)
            case Response(status=200):
                text = answer.body.decode("utf-8-sig", errors="replace")
                if _listed(text)[0]:
                    row = row._replace(checked=now, said=text, tag=answer.headers.get("etag") or "")
                else:
                    row = row._replace(
                        problem="There is no host in what stands there; what it said before still holds."
                    )
            case Response():
                row = row._replace(problem=f"It could not be read: its server answers {answer.status}.")
        await self._database.write(lambda tx: rows.put(tx, row))
        if row.by_itself and not row.problem:
            await self._follow_by_itself(row)

    async def _follow_by_itself(self, row: Row) -> None:
        plan = await self.plan(row.id)
        if plan is None or not plan.steps:
            return
        if block_list.is_doubtful(len(_listed(row.said)[0]), plan.brought):
            await self._database.write(lambda tx: rows.put(tx, row._replace(problem=_DOUBTFUL)))
            return
        await self._do(row.id, plan.steps)

    async def _asked(self, row: Row) -> Response | Unreachable:
        known = (("if-none-match", row.tag),) if row.tag and row.checked else ()
        request = Request("GET", row.address, Headers((*self._headers, *known)))
        return await followed(self._fetcher, request, MAX_REDIRECTS, limit=MAX_BYTES, seconds=PATIENCE)


def _listed(text: str) -> tuple[dict[str, HostRule], tuple[Unread, ...]]:
    """What the text says, by host (the first line counts); and what of it says nothing."""
    listed: dict[str, HostRule] = {}
    unread: list[Unread] = []
    for entry in read_list(text):
        if isinstance(entry, Unread):
            unread.append(entry)
        else:
            listed.setdefault(entry.host, entry)
    return listed, tuple(unread)


def _known(
    tx: Transaction, number: int, listed: dict[str, HostRule]
) -> tuple[dict[str, block_list.Said], dict[str, HostRule]]:
    """What the list put here before, and what holds of every host that it said anything of."""
    brought = rows.brought(tx, number)
    return brought, {rule.host: rule for rule in rules.of_hosts(tx, {*listed, *brought})}


def _without_problem(tx: Transaction, number: int) -> None:
    row = rows.get(tx, number)
    if row is not None and row.problem == _DOUBTFUL:
        rows.put(tx, row._replace(problem=""))
