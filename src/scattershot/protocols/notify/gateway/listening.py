"""Listening to others: who is asked to tell us, what their hints bring, and what is fetched where one is missing."""

import asyncio
import logging
import secrets
from collections import deque

from scattershot.app import counters
from scattershot.app.hints import Hints
from scattershot.domain.hint import Teller
from scattershot.domain.ids import Millis
from scattershot.ports.clock import Clock
from scattershot.ports.datagrams import Datagrams, Place
from scattershot.ports.protocol import Overhears
from scattershot.protocols.notify.gateway.asking import Asking
from scattershot.protocols.notify.gateway.identity import Identity
from scattershot.protocols.notify.gateway.telling import LEASE, Telling
from scattershot.protocols.notify.session.gate import Challenged, Gate, Incoming, News, Peer
from scattershot.protocols.notify.wire import coap, cose, words
from scattershot.protocols.notify.wire.cose import MAC0, Purpose
from scattershot.protocols.notify.wire.documents import Page, Presented
from scattershot.protocols.notify.wire.words import MOST_SERIALS, Challenge, Echo, Heard, Subscribe
from scattershot.wirekit.places import parse_place, place_text
from scattershot.wirekit.token_bucket import Bucket, RateLimits

MOST_QUEUED = 1_000
"""Hints that wait to be dealt with; what comes beyond is not answered, and so said again."""
AT_ONCE = 32
"""Hints dealt with side by side."""
GRACE = 400
"""Milliseconds for which what is missing may still come by itself: datagrams overtake each other, and what nobody
answered is said again after 250."""
OF_LOG = Bucket(20, 1)
"""How often the log of one teller is asked for."""
MOST_PAGES = 50
"""Pages of a log read in one go; a log that goes on is left to asking its authors."""
WIDEST = 100_000
"""A gap of so many places is not read at all."""
NO_OFFER, UNHEARD = 86_400_000, 3_600_000
"""Milliseconds after which a node that does not hint is asked anew, and one whose datagrams did not come."""
SOON = 600_000
"""Milliseconds after which one that told us is asked anew, where it could not be reached."""
_PASSING = frozenset(
    {"refused", "timeout", "dns", "tls", "status_429", "status_500", "status_502", "status_503", "status_504"}
)
_STRANGE = frozenset({"status_401", "status_404", "status_410"})
HEARD_WITHIN = 10_000
"""So long (milliseconds) a challenge may take."""

_logger = logging.getLogger(__name__)


class _Coming:
    """A teller as it is heard now. `repair_at` is when its log is read, 0 where it need not be; `kept` what is to be
    written down and answered, `old_token` what it used before."""

    def __init__(self, teller: Teller, peer: Peer, now: Millis) -> None:
        self.teller, self.peer = teller, peer
        self.heard_at, self.repair_at = now, Millis(0)
        self.kept: set[int] = set()
        self.is_altered = False
        self.token = self.old_token = b""


class Listening:
    """The side that is told. Have `begin` called first, then `step` whenever `next_at` has come or something came."""

    def __init__(
        self, identity: Identity, hints: Hints, gate: Gate, datagrams: Datagrams, clock: Clock, asking: Asking,
        telling: Telling, overhears: Overhears, *, groups: tuple[str, ...], neighbour: str,
    ) -> None:  # fmt: skip
        """`neighbour` is the host of one that is asked whether anybody is followed there or not."""
        self._identity, self._hints, self._gate, self._datagrams = identity, hints, gate, datagrams
        self._clock, self._asking, self._telling, self._overhears = clock, asking, telling, overhears
        self._groups, self._neighbour = groups, neighbour
        self._coming: dict[bytes, _Coming] = {}
        self._queue: deque[News] = deque()
        self._limits = RateLimits(OF_LOG)
        self._near: tuple[str, ...] = ()
        self._look_at = Millis(0)

    async def begin(self) -> None:
        """Take up those who told us before."""
        for teller in await self._hints.tellers():
            coming = self._take_up(teller)
            if coming is not None:  # what was said meanwhile was said to nobody
                coming.repair_at = self._clock.now()

    def _take_up(self, teller: Teller) -> _Coming | None:
        peer = self._telling.met(teller.host, teller.name, teller.sign, teller.agree)
        if peer is None:
            return None
        place = parse_place(teller.address)
        peer.incoming = Incoming(teller.epoch, teller.position, place, teller.silence or LEASE)
        self._gate.know(peer, teller.token)
        coming = self._coming[teller.name] = _Coming(teller, peer, self._clock.now())
        if teller.host == self._neighbour:
            self._telling.neighbour = peer
        return coming

    def near(self, hosts: tuple[str, ...]) -> None:
        """Nodes that are on the same network: they are asked whoever is followed there."""
        if hosts != self._near:
            self._near = hosts
            self.look_now()

    def look_now(self) -> None:
        """Ask those due with the next step, whenever that was done last."""
        self._look_at = Millis(0)

    @property
    def positions(self) -> dict[str, int]:
        """How far each teller's log is here, by its host."""
        return {
            each.teller.host: each.peer.incoming.chain.position
            for each in self._coming.values()
            if each.peer.incoming is not None
        }

    def has_gap(self, host: str) -> bool:
        """Whether something that the host hinted at is not here yet."""
        return any(
            each.peer.incoming is not None and each.peer.incoming.chain.has_gap
            for each in self._coming.values()
            if each.teller.host == host
        )

    # -- what comes

    def challenged(self, verdict: Challenged, source: Place) -> None:
        """Answer a challenge, where we asked for it. It goes to where its maker takes answers: that is where the
        challenge came from, but for one to a group, which another may have passed on."""
        coming, incoming = self._coming.get(verdict.peer.name), verdict.peer.incoming
        if coming is None or incoming is None:
            return
        challenge: Challenge = verdict.challenge
        if verdict.token != verdict.peer.name:
            incoming.place = source
        if incoming.place is None:
            return
        now = self._clock.now()
        coming.heard_at = now
        due, until = Millis(now + LEASE * 500), Millis(now + LEASE * 1000)
        coming.teller = coming.teller._replace(address=place_text(incoming.place), until=until, due=due, failures=0)
        coming.is_altered = True
        echo = words.encode(Echo(self._identity.name, challenge.sender, challenge.nonce))
        sealed = cose.mac0(echo, verdict.peer.key, self._identity.name, Purpose.ECHO)
        data = coap.encode(coap.Message(coap.CONTENT, verdict.token, (), sealed, MAC0))
        self._datagrams.send(data, incoming.place)

    def came(self, news: News) -> bool:
        """A hint came that is its sender's; False where it cannot be dealt with now."""
        coming = self._coming.get(news.peer.name)
        incoming = news.peer.incoming
        if coming is None or incoming is None:
            return False
        if news.strange:
            coming.teller = coming.teller._replace(due=Millis(0))
            self._look_at = Millis(0)
            return True
        if news.hint.serial >= incoming.chain.announced:
            coming.heard_at = self._clock.now()
        coming.token = news.token
        if coming.old_token and news.token != coming.old_token:
            self._gate.forget(coming.old_token)
            coming.old_token = b""
        if incoming.chain.is_kept(news.hint.serial):
            coming.kept.add(news.hint.serial)
        elif news.again:  # it waits to be dealt with, or is being
            return True
        elif isinstance(news.hint.what, bytes):
            if len(self._queue) >= MOST_QUEUED:
                return False
            self._queue.append(news)
        if incoming.chain.has_gap or isinstance(news.hint.what, tuple):
            self._repair_soon(coming, GRACE if isinstance(news.hint.what, bytes) else 0)
        return True

    def _repair_soon(self, coming: _Coming, grace: int) -> None:
        at = Millis(self._clock.now() + grace)
        coming.repair_at = min(coming.repair_at, at) if coming.repair_at else at

    # -- what is done about it

    async def take_in(self) -> int:
        """Deal with what came, and answer; how much that was."""
        return await self._take_queued() + await self._write_down()

    async def ask_around(self) -> int:
        """Read logs and ask nodes as far as that is due; how many. This waits for others, none of them for another."""
        return await self._repair_all() + await self._ask_those_due()

    def next_at(self) -> Millis:
        """When there is something to do next."""
        moments = [self._look_at]
        for each in self._coming.values():
            moments.append(self._silent_at(each))
            if each.repair_at:
                moments.append(each.repair_at)
        return Millis(min(moments))

    async def _take_queued(self) -> int:
        batch = [self._queue.popleft() for _ in range(min(len(self._queue), AT_ONCE))]
        await asyncio.gather(*(self._take(news) for news in batch))
        return len(batch)

    async def _take(self, news: News) -> None:
        coming, what = self._coming.get(news.peer.name), news.hint.what
        incoming = news.peer.incoming
        if coming is None or incoming is None or not isinstance(what, bytes):
            return
        body = words.inflated(what)
        said = await self._overhears.overhear(body, news.peer.host) if isinstance(body, bytes) else body.why
        counters.HINTS_CAME.labels(said).inc()
        if said != "busy":
            incoming.chain.kept(news.hint.serial)
            coming.kept.add(news.hint.serial)

    async def _write_down(self) -> int:
        """Remember how far one is, and say so to whoever told us."""
        done = 0
        for coming in list(self._coming.values()):
            incoming, kept = coming.peer.incoming, coming.kept
            if incoming is None or not (kept or coming.is_altered):
                continue
            done += 1
            coming.kept = set()
            teller = coming.teller._replace(position=incoming.chain.position, silence=incoming.silence)
            if teller != coming.teller or coming.is_altered:
                coming.teller, coming.is_altered = teller, False
                await self._hints.put_teller(teller)
            if incoming.place is not None and coming.token and kept:
                self._answer(coming, incoming, sorted(kept))
        return done

    def _answer(self, coming: _Coming, incoming: Incoming, kept: list[int]) -> None:
        assert incoming.place is not None
        position = incoming.chain.position
        beyond = [serial for serial in kept if serial > position]
        for at in range(0, max(len(beyond), 1), MOST_SERIALS):
            heard = Heard(self._identity.name, incoming.epoch, position, tuple(beyond[at : at + MOST_SERIALS]))
            sealed = cose.mac0(words.encode(heard), coming.peer.key, self._identity.name, Purpose.HEARD)
            counters.HINTS_SENT.labels("answer").inc()
            data = coap.encode(coap.Message(coap.CHANGED, coming.token, (), sealed, MAC0))
            self._datagrams.send(data, incoming.place)

    # -- what is missing

    def _silent_at(self, coming: _Coming) -> Millis:
        incoming = coming.peer.incoming
        return Millis(coming.heard_at + (incoming.silence if incoming is not None else LEASE) * 1000)

    async def _repair_all(self) -> int:
        now = self._clock.now()
        due = [each for each in self._coming.values() if self._silent_at(each) <= now or 0 < each.repair_at <= now]
        return sum(await asyncio.gather(*(self._repair_one(coming, now) for coming in due)))

    async def _repair_one(self, coming: _Coming, now: Millis) -> int:
        if self._silent_at(coming) <= now:
            coming.heard_at = now  # not asked again before it was silent as long once more
            coming.teller = coming.teller._replace(due=Millis(0))
            self.look_now()
            await self._hints.put_teller(coming.teller)
        taken = self._limits.take(coming.teller.host, now)
        if not taken.allowed:
            coming.repair_at = Millis(now + int(taken.retry_after * 1000) + 1)
            return 0
        coming.repair_at = Millis(0)
        incoming = coming.peer.incoming
        if incoming is None or not incoming.begun:
            return 0
        await self._repair(coming, incoming)
        return 1

    async def _repair(self, coming: _Coming, incoming: Incoming) -> None:
        """Read the log from where all is kept to its end, as far as it is honest and not without one."""
        host = coming.teller.host
        for _ in range(MOST_PAGES):
            after = incoming.chain.position
            page = await self._asking.log(host, coming.peer.key, incoming.epoch, after)
            if isinstance(page, str):
                self._failed(coming, page)
                return
            if page.newest - after > WIDEST or (page.up_to == after and page.newest > after):
                break
            if not await self._take_page(coming, incoming, page):
                self._repair_soon(coming, 5_000)
                return
            if page.up_to == page.newest:
                counters.HINT_REPAIRS.labels("done").inc()
                if incoming.chain.announced > page.newest:
                    counters.HINT_REPAIRS.labels("lied").inc()
                    incoming.correct(page.newest)
                return
        else:
            page = await self._asking.log(host, coming.peer.key, incoming.epoch, incoming.chain.position)
        counters.HINT_REPAIRS.labels("too_wide").inc()
        _logger.info("the log of %s goes too far; its authors are asked instead", host)
        if isinstance(page, Page):
            incoming.correct(page.newest)
            coming.is_altered = True
        await self._hints.catch_up(host)

    async def _take_page(self, coming: _Coming, incoming: Incoming, page: Page) -> bool:
        for at in range(0, len(page.entries), AT_ONCE):
            batch = page.entries[at : at + AT_ONCE]
            took = await asyncio.gather(*(self._overhears.overhear(body, coming.teller.host) for _, body in batch))
            for said in took:
                counters.HINTS_CAME.labels(f"log_{said}").inc()
            if "busy" in took:
                return False
            incoming.chain.reached(batch[-1][0])
        incoming.chain.reached(page.up_to)
        coming.kept.add(page.up_to)
        return True

    def _failed(self, coming: _Coming, why: str) -> None:
        counters.HINT_REPAIRS.labels("refused" if why in _STRANGE else "failed").inc()
        _logger.info("the log of %s cannot be read: %s", coming.teller.host, why)
        if why in _STRANGE:  # it knows us no more, or its log is another
            coming.teller = coming.teller._replace(due=Millis(0))
            self._look_at = Millis(0)
        else:
            self._repair_soon(coming, 30_000)

    # -- who is asked to tell us

    async def _ask_those_due(self) -> int:
        now = self._clock.now()
        if self._look_at > now:
            return 0
        self._look_at = Millis(now + 30_000)
        for coming in self._coming.values():  # what was altered in memory alone
            if coming.teller.due == 0:
                await self._hints.put_teller(coming.teller)
        due = await self._hints.due(tuple(filter(None, (self._neighbour, *self._near))))
        await asyncio.gather(*(self._ask(teller) for teller in due))
        return len(due)

    async def _ask(self, known: Teller) -> None:
        """Ask one whether it tells us, and where it would, to do so."""
        presented: Presented | str = "blocked"
        if not await self._hints.is_blocked(known.host):
            presented = await self._asking.presented(known.host)
        if isinstance(presented, str):
            await self._not_offered(known, presented)
            return
        teller = await self._as_presented(known, presented)
        if known.name and known.name != teller.name:
            self._forget(known)
        coming = self._renewed(known, teller)
        if coming is None:
            await self._not_offered(known, "bad_keys")
            return
        await self._hints.put_teller(coming.teller)
        if known.position > 0 and teller.position == 0:  # its log is another: what was in the old one, its authors know
            await self._hints.catch_up(known.host)
        own = self._identity
        wish = Subscribe(own.name, own.origin, own.address, teller.group, teller.token, self._clock.now(), LEASE)
        answer = await self._asking.subscribe(known.host, coming.peer.key, wish)
        if isinstance(answer, str):
            _logger.info("%s will not tell us by datagrams: %s", known.host, answer)
            due = Millis(self._clock.now() + SOON * teller.failures)
            await self._hints.put_teller(coming.teller._replace(due=due))

    async def _not_offered(self, known: Teller, why: str) -> None:
        """It does not hint; or we do not know now, and those who were heard before are asked again soon."""
        now = self._clock.now()
        if known.name and why in _PASSING:
            await self._hints.put_teller(known._replace(due=Millis(now + SOON)))
            return
        if known.name:
            self._forget(known)
        later = UNHEARD if why in _PASSING else NO_OFFER
        await self._hints.put_teller(Teller(known.host, due=Millis(now + later), failures=known.failures + 1))

    async def _as_presented(self, known: Teller, presented: Presented) -> Teller:
        now, failures = self._clock.now(), known.failures + 1
        name = words.name_of(presented.sign)
        place = await self._datagrams.resolve(presented.address)
        group = next((each for each in presented.groups if each in self._groups), "")
        if failures % 2 == 0:  # a group that was not heard may be cut off from us
            group = ""
        wait = HEARD_WITHIN if group else min(NO_OFFER, UNHEARD * failures)
        return Teller(
            known.host, name, presented.sign, presented.agree, presented.epoch,
            known.position if (known.name, known.epoch) == (name, presented.epoch) else 0,
            place_text(place) if place is not None else "", group, secrets.token_bytes(coap.TOKEN_BYTES),
            silence=LEASE, due=Millis(now + wait), failures=failures,
        )  # fmt: skip

    def _renewed(self, known: Teller, teller: Teller) -> _Coming | None:
        """The teller asked anew, heard as before until it answers."""
        before = self._coming.get(teller.name)
        incoming = before.peer.incoming if before is not None else None
        if before is None or incoming is None or incoming.epoch != teller.epoch:
            return self._take_up(teller)
        self._gate.know(before.peer, teller.token)
        self._gate.forget(before.old_token)
        before.old_token = known.token
        before.teller = teller._replace(until=known.until, position=incoming.chain.position)
        incoming.place, incoming.silence = parse_place(teller.address), LEASE
        return before

    def _forget(self, known: Teller) -> None:
        """It is another now, or tells us no more."""
        self._gate.forget(known.token)
        self._coming.pop(known.name, None)
