"""Telling others: who asked for it and was found to hear us, and the datagrams that go to them."""

import logging
import secrets
from collections import defaultdict
from collections.abc import Callable
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from scattershot.app import counters
from scattershot.app.hinting import Hinting
from scattershot.app.hints import Hints
from scattershot.domain.hint import PATIENCE, Listener, Planned, Worded
from scattershot.domain.ids import Millis
from scattershot.ports.clock import Clock
from scattershot.ports.datagrams import Datagrams, Place
from scattershot.protocols.notify.gateway.identity import Identity
from scattershot.protocols.notify.session.gate import CHALLENGE, HINT, PASS, Gate, Peer
from scattershot.protocols.notify.session.sending import Hearer, Out, Sending
from scattershot.protocols.notify.wire import coap, cose, words
from scattershot.protocols.notify.wire.cose import MAC0, SIGN1, Purpose
from scattershot.protocols.notify.wire.words import Challenge, Echo, Heard, Hint, Pass, What
from scattershot.wirekit.places import parse_place, place_text
from scattershot.wirekit.token_bucket import Bucket, RateLimits

SILENCE = 300
"""Seconds after which whoever hears nothing asks; a sign of life goes out thrice in that time, so two may be lost."""
LEASE = 86_400
"""Seconds for which one is told before it must ask again."""
CHALLENGES = (0, 500, 1_500, 3_500)
"""Milliseconds after which a challenge goes out; then the wish is forgotten."""
MOST_WISHES = 1_000
"""So many wait for an echo at a time: strangers ask."""
FOR_NEIGHBOURS = Bucket(100, 10)
"""How often a neighbour may have something passed on to a group."""

ROOM, ROOM_BY_NEIGHBOUR = coap.LARGEST - 200, coap.LARGEST - 320
"""Bytes of a small post: what is left beside names, serials and a signature, and beside what a neighbour is told."""

_logger = logging.getLogger(__name__)


class _Wish(NamedTuple):
    """Somebody who asked to be told and has yet to show that it hears."""

    listener: Listener
    peer: Peer
    nonce: bytes
    since: Millis
    tries: int = 0


class Telling:
    """The side that hints. Have `begin` called first, then `step` whenever `next_at` has come or something was planned.

    `neighbour` is another node that tells us, and sends to groups for us; None where we do so ourselves.
    """

    def __init__(
        self, identity: Identity, hints: Hints, planning: Hinting, gate: Gate, datagrams: Datagrams, clock: Clock,
        nudge: Callable[[], None],
    ) -> None:  # fmt: skip
        """`nudge` has a step made soon."""
        self._identity, self._hints, self._planning, self._gate = identity, hints, planning, gate
        self._datagrams, self._clock, self._nudge = datagrams, clock, nudge
        self._groups = {text: place for text in identity.groups if (place := parse_place(text)) is not None}
        self._sending = Sending()
        self._listeners: dict[bytes, Listener] = {}
        self._wishes: dict[bytes, _Wish] = {}
        self._spoken: dict[str, Millis] = {}
        self._last: dict[str, int] = {}
        self._heard: dict[bytes, tuple[int, set[int]]] = {}
        self._for_neighbours = RateLimits(FOR_NEIGHBOURS)
        self._message = secrets.randbelow(1 << 16)
        self.neighbour: Peer | None = None

    async def begin(self) -> None:
        """Take up those who were told before."""
        for listener in await self._hints.listeners():
            peer = self.met(listener.host, listener.name, listener.sign, listener.agree)
            if peer is not None:
                self._told_from_now_on(listener, peer)

    def met(self, host: str, name: bytes, sign: bytes, agree: bytes) -> Peer | None:
        """The peer of those keys; None where they are none."""
        known = self._gate.peer(name)
        key = cose.pairwise_key(self._identity.agree, agree)
        if known is not None and key == known.key:
            return known if known.host == host else None
        try:
            public = Ed25519PublicKey.from_public_bytes(sign)
        except ValueError:
            return None
        return Peer(host, name, key, public) if key is not None and name != self._identity.name else None

    def peer(self, name: bytes) -> Peer | None:
        """The peer of that name."""
        return self._gate.peer(name)

    def listener(self, name: bytes) -> Listener | None:
        """How the node of that name is told, where it is."""
        found = self._listeners.get(name)
        return found if found is not None and found.until > self._clock.now() else None

    @property
    def told(self) -> list[Listener]:
        """All who are told."""
        return list(self._listeners.values())

    @property
    def waiting(self) -> int:
        """How many hints were not heard yet, each counted for each who should."""
        return self._sending.waiting

    # -- who is told

    def wish(self, listener: Listener, peer: Peer, place: Place) -> bool:
        """Somebody asks to be told there: it is challenged. False where too many ask, or its token is another's."""
        before = self._wishes.get(peer.name)
        if len(self._wishes) >= MOST_WISHES and before is None:
            return False
        if not self._gate.know(peer, listener.token):
            return False
        if before is not None and before.listener.token != listener.token:
            self._drop_token(before.listener)
        peer.wished = place
        nonce = before.nonce if before is not None else secrets.token_bytes(words.NONCE_BYTES)
        self._wishes[peer.name] = _Wish(listener, peer, nonce, self._clock.now())
        self._nudge()
        return True

    async def leave(self, name: bytes) -> None:
        """Somebody wishes to be told no more."""
        listener = self._listeners.pop(name, None)
        if listener is not None:
            self._drop_token(listener)
            await self._hints.unlisten(listener.node)

    def _drop_token(self, listener: Listener) -> None:
        """Its token stands for nobody, unless it is told by it still."""
        told, peer = self._listeners.get(listener.name), self._gate.peer(listener.name)
        if told is not None and told.token != listener.token:
            self._gate.forget(listener.token)
        elif told is None and peer is not None:
            self._gate.dismiss(peer, listener.token)

    def echoed(self, peer: Peer, echo: Echo) -> Listener | None:
        """Somebody hears us: from now on it is told; None where nobody asked it."""
        wish = self._wishes.get(peer.name)
        if wish is None or not secrets.compare_digest(wish.nonce, echo.nonce):
            return None
        del self._wishes[peer.name]
        return wish.listener

    async def tell(self, listener: Listener) -> None:
        """It showed that it hears: tell it, and begin with how far the log is."""
        put = await self._hints.listen(listener)
        peer = self._gate.peer(listener.name)
        assert peer is not None
        self._told_from_now_on(put, peer)
        self._last.setdefault(put.group or put.address, put.last)
        out = self._hint_to(put, peer, Hint(*self._head, put.last, put.last, None, SILENCE), group=put.group)
        self._send(out)

    def _told_from_now_on(self, listener: Listener, peer: Peer) -> None:
        before = self._listeners.get(listener.name)
        self._listeners[listener.name] = listener
        if before is not None:
            self._drop_token(before)
        peer.place = parse_place(listener.address)
        self._gate.know(peer, listener.token)

    def heard(self, peer: Peer, heard: Heard) -> None:
        """Somebody has these; written down by the next step."""
        if heard.epoch != self._identity.epoch or peer.name not in self._listeners:
            return
        up_to, serials = self._heard.get(peer.name, (0, set()))
        serials.update(heard.serials)
        self._heard[peer.name] = max(up_to, heard.up_to), serials
        self._sending.heard(peer.name, heard.up_to, heard.serials)

    async def called_back(self, listener: Listener, after: int) -> None:
        """Somebody asks for the log behind that serial, so it has all before."""
        self._sending.heard(listener.name, after)
        await self._hints.heard(listener.node, after)

    # -- what they are told

    async def step(self) -> int:
        """Do what is to be done now; how much that was."""
        done = await self._write_down()
        for planned in self._planning.take():
            worded = await self._hints.words(planned.seq)
            for text in (*(each.address for each, _ in planned.listeners), *(text for text, _ in planned.groups)):
                self._last[text] = planned.seq
            if worded is not None and worded.id:
                self._say(planned, worded)
            done += 1
        done += self._challenge()
        now = self._clock.now()
        due = self._sending.due(now)
        for out in due.again:
            counters.HINTS_SENT.labels("again").inc()
            self._send(out)
        counters.HINTS_SENT.labels("in_vain").inc(due.in_vain)
        for name in due.doubted:
            await self._doubt(name)
        return done + len(due.again) + due.in_vain + self._signs_of_life(now)

    def next_at(self) -> Millis:
        """When there is something to do next."""
        now = self._clock.now()
        moments = [now + SILENCE * 1000 // 3]
        repeat = self._sending.next_at()
        if repeat is not None:
            moments.append(repeat)
        moments += [wish.since + CHALLENGES[min(wish.tries, len(CHALLENGES) - 1)] for wish in self._wishes.values()]
        return Millis(min(moments))

    async def _write_down(self) -> int:
        heard, self._heard = self._heard, {}
        for name, (up_to, serials) in heard.items():
            listener = self._listeners.get(name)
            if listener is not None:
                struck = await self._hints.heard(listener.node, up_to, tuple(sorted(serials)))
                counters.HINTS_SENT.labels("heard").inc(struck)
        return len(heard)

    @property
    def _head(self) -> tuple[bytes, bytes]:
        return self._identity.name, self._identity.epoch

    def _say(self, planned: Planned, worded: Worded) -> None:
        small = words.deflated(worded.body)
        carried: What = small
        if len(small) > (ROOM if self.neighbour is None else ROOM_BY_NEIGHBOUR):
            carried = (worded.id[: words.LONGEST_TEXT],)
        hearers: list[Hearer] = []
        for listener, previous in planned.listeners:
            peer = self._gate.peer(listener.name)
            if peer is None or listener.name not in self._listeners:
                continue
            hint = Hint(*self._head, planned.seq, previous, carried, SILENCE)
            out = self._hint_to(listener, peer, hint)
            hearers.append(Hearer(listener.name, out))
            self._spoken[place_text(out.to)] = self._clock.now()
            self._send(out, "first")
        groups = self._say_to_groups(planned, carried, hearers)
        self._sending.said(planned.seq, hearers, groups, self._clock.now())

    def _say_to_groups(self, planned: Planned, carried: What, hearers: list[Hearer]) -> dict[Place, Out]:
        groups: dict[Place, Out] = {}
        for text, previous in planned.groups:
            place = self._groups.get(text)
            if place is None:
                continue
            data = self._signed(Hint(*self._head, planned.seq, previous, carried, SILENCE))
            groups[place] = self._to_group(data, text, place)
            self._spoken[text] = self._clock.now()
            self._send(groups[place], "first")
            for member in planned.members:
                listener = self._listeners.get(member.name)
                address = parse_place(member.address)
                if member.group == text and listener is not None and address is not None:
                    hearers.append(Hearer(member.name, Out(data, address), place))
        return groups

    def _to_group(self, data: bytes, text: str, place: Place) -> Out:
        """To the group itself, or to the neighbour that sends to it for us."""
        neighbour = self.neighbour
        if neighbour is None or neighbour.incoming is None or neighbour.incoming.place is None:
            return Out(data, place)
        passed = words.encode(Pass(self._identity.name, text, data))
        sealed = cose.mac0(passed, neighbour.key, self._identity.name, Purpose.PASS)
        return Out(self._message_of(PASS, self._identity.name, sealed, MAC0), neighbour.incoming.place)

    def _hint_to(self, listener: Listener, peer: Peer, hint: Hint, group: str = "") -> Out:
        assert peer.place is not None
        if group:
            return Out(self._signed(hint), peer.place)
        sealed = cose.mac0(words.encode(hint), peer.key, self._identity.name, Purpose.HINT)
        return Out(self._message_of(HINT, listener.token, sealed, MAC0), peer.place)

    def _signed(self, hint: Hint) -> bytes:
        sealed = cose.sign1(words.encode(hint), self._identity.sign, self._identity.name, Purpose.HINT)
        return self._message_of(HINT, self._identity.name, sealed, SIGN1)

    def _message_of(self, path: tuple[str, ...], token: bytes, sealed: bytes, tag: int) -> bytes:
        self._message = (self._message + 1) & 0xFFFF
        return coap.encode(coap.Message(coap.POST, token, path, sealed, tag, id=self._message))

    def _signs_of_life(self, now: Millis) -> int:
        """Say something to whoever heard nothing for a while."""
        unspoken: dict[str, list[Listener]] = defaultdict(list)
        for listener in self._listeners.values():
            unspoken[listener.group or listener.address].append(listener)
        done = 0
        for text, listeners in unspoken.items():
            if now - self._spoken.setdefault(text, now) < SILENCE * 1000 // 3:
                continue
            self._spoken[text] = now
            done += 1
            self._sign_of_life(text, listeners[0])
        for listener in [each for each in self._listeners.values() if each.until <= now]:
            del self._listeners[listener.name]
            self._drop_token(listener)
        return done

    def _sign_of_life(self, text: str, listener: Listener) -> None:
        peer = self._gate.peer(listener.name)
        last = self._last.get(text, listener.last)
        hint = Hint(*self._head, last, last, None, SILENCE)
        place = self._groups.get(text)
        if place is not None:
            self._send(self._to_group(self._signed(hint), text, place), "sign_of_life")
        elif peer is not None and peer.place is not None:
            self._send(self._hint_to(listener, peer, hint), "sign_of_life")

    def _challenge(self) -> int:
        now, done = self._clock.now(), 0
        for name, wish in list(self._wishes.items()):
            while wish.tries < len(CHALLENGES) and now >= wish.since + CHALLENGES[wish.tries]:
                wish = wish._replace(tries=wish.tries + 1)
            if wish.tries == self._wishes[name].tries:
                if now - wish.since > PATIENCE:
                    _logger.info("%s does not hear us at %s", wish.listener.host, wish.listener.address)
                    del self._wishes[name]
                    self._drop_token(wish.listener)
                continue
            self._wishes[name] = wish
            done += 1
            counters.HINTS_SENT.labels("challenge").inc()
            self._send(self._challenge_to(wish))
        return done

    def _challenge_to(self, wish: _Wish) -> Out:
        asked = words.encode(Challenge(*self._head, wish.peer.name, wish.nonce))
        sealed = cose.mac0(asked, wish.peer.key, self._identity.name, Purpose.CHALLENGE)
        group = self._groups.get(wish.listener.group)
        if group is not None:
            data = self._message_of(CHALLENGE, self._identity.name, sealed, MAC0)
            return self._to_group(data, wish.listener.group, group)
        assert wish.peer.wished is not None
        return Out(self._message_of(CHALLENGE, wish.listener.token, sealed, MAC0), wish.peer.wished)

    async def _doubt(self, name: bytes) -> None:
        listener = self._listeners.get(name)
        if listener is not None:
            _logger.info("%s does not answer hints any more and is told by HTTP", listener.host)
            await self.leave(name)

    def _send(self, out: Out, how: str = "") -> None:
        if how:
            counters.HINTS_SENT.labels(how).inc()
        self._datagrams.send(out.data, out.to)

    # -- for neighbours

    def pass_on(self, peer: Peer, passed: Pass) -> bool:
        """Send a neighbour's message to one of our groups; what is no signed hint or challenge stays here."""
        place = self._groups.get(passed.group)
        message = coap.decode(passed.message)
        if place is None or not isinstance(message, coap.Message) or message.path not in (HINT, CHALLENGE):
            return False
        if peer.name not in self._listeners or message.token != peer.name:
            return False
        if not self._for_neighbours.take(peer.host, self._clock.now()).allowed:
            return False
        self._send(Out(passed.message, place), "passed_on")
        return True
