"""The gate: what a datagram is worth, in the order of the cost of finding out. No I/O, and nothing is answered here.

Whoever does not know a token is not read at all. Whoever does has so much a second. What follows is taken apart, its
serial looked at, and only then its proof checked.
"""

from typing import NamedTuple, TypeAlias

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from scattershot.ports.datagrams import Place
from scattershot.protocols.notify.session.window import FARTHEST, Chain, Seen, Window
from scattershot.protocols.notify.wire import coap, cose, words
from scattershot.protocols.notify.wire.cbor import Malformed
from scattershot.protocols.notify.wire.cose import MAC0, Envelope, Purpose
from scattershot.protocols.notify.wire.words import Challenge, Echo, Heard, Hint, Pass

HINT, CHALLENGE, PASS = ("s", "n"), ("s", "c"), ("s", "p")
"""Paths of what is asked for."""
OF_ONE = 2_000
"""Datagrams a second that are read of one peer, or of one group's sender; what is beyond is had by HTTP."""
OF_UNPROVEN = 200
"""Failed proofs a second under tokens that everybody knows, before these are not read any more for that second."""
AGAIN = 20
"""Hints a second of one sender that came before and are answered once more: the answer may have been lost."""


class Pace:
    """So many a second and no more."""

    def __init__(self, limit: int) -> None:
        self._limit, self._second, self._count = limit, 0, 0

    def take(self, second: int) -> bool:
        """Whether one more is within the limit."""
        if second != self._second:
            self._second, self._count = second, 0
        self._count += 1
        return self._count <= self._limit

    def is_over(self, second: int) -> bool:
        """Whether there may be no more in this second."""
        return second == self._second and self._count >= self._limit


class Incoming:
    """What one teller has said in one epoch. `place` is where it sends from, None until it challenged us."""

    def __init__(self, epoch: bytes, position: int, place: Place | None, silence: int) -> None:
        self.epoch, self.place, self.silence = epoch, place, silence
        self.window, self.chain = Window(position), Chain(position)
        self.begun = position > 0
        self.again = Pace(AGAIN)

    def note(self, hint: Hint) -> None:
        """A hint came that is its sender's."""
        if not self.begun:  # what was before came by other ways
            self.begun = True
            self.chain, self.window = Chain(hint.previous), Window(hint.previous)
        if hint.serial - self.window.top < FARTHEST and hint.what is not None:
            self.window.note(hint.serial)
        self.chain.heard(hint.serial, hint.previous)
        self.silence = hint.silence

    def correct(self, newest: int) -> None:
        """Its log ends there, whatever it hinted at."""
        self.chain.truth(newest)
        self.window = Window(newest)


class Peer:
    """A node with which we share a key: it may tell us, we may tell it, or both."""

    def __init__(self, host: str, name: bytes, key: bytes, sign: Ed25519PublicKey) -> None:
        self.host, self.name, self.key, self.sign = host, name, key, sign
        self.incoming: Incoming | None = None
        self.place: Place | None = None
        """Where it hears us."""
        self.wished: Place | None = None
        """Where it wishes to hear us, and has yet to show that it does."""


class Dropped(NamedTuple):
    """Thrown away; `why` is fit for a label."""

    why: str


class News(NamedTuple):
    """A hint that is its sender's. `again`: it came before; `strange`: it is of an epoch that we do not know."""

    peer: Peer
    hint: Hint
    token: bytes
    again: bool = False
    strange: bool = False


class Challenged(NamedTuple):
    """Somebody whom we asked to tell us wants to know whether we hear."""

    peer: Peer
    challenge: Challenge
    token: bytes


class Echoed(NamedTuple):
    """Somebody who asked us to tell it hears us."""

    peer: Peer
    echo: Echo


class Acknowledged(NamedTuple):
    """A listener has these."""

    peer: Peer
    heard: Heard


class Passing(NamedTuple):
    """A neighbour asks us to send something to a group."""

    peer: Peer
    passed: Pass


Verdict: TypeAlias = Dropped | News | Challenged | Echoed | Acknowledged | Passing


class _Known(NamedTuple):
    """What a token stands for: one peer that alone knows it, or (None) one that everybody may know."""

    peer: Peer | None
    pace: Pace


_OVERSIZED, _UNKNOWN = Dropped("oversized"), Dropped("unknown_token")
_OWN = Dropped("own")
_TOO_OFTEN, _FLOOD, _FORGED = Dropped("too_often"), Dropped("flood"), Dropped("forged")


class Gate:
    """Knows the tokens and the peers; `own` is this node's name."""

    def __init__(self, own: bytes) -> None:
        self.own = own
        self._tokens: dict[bytes, _Known] = {own: _Known(None, Pace(OF_ONE))}
        self._peers: dict[bytes, Peer] = {}
        self._unproven = Pace(OF_UNPROVEN)

    def know(self, peer: Peer, token: bytes) -> bool:
        """Let the peer in, by a token that it alone knows, and as a sender to groups by its name; False where the token
        stands for another already."""
        known = self._tokens.get(token)
        if known is not None and (known.peer is None or known.peer.name != peer.name):
            return False
        self._peers[peer.name] = peer
        self._tokens.setdefault(peer.name, _Known(None, Pace(OF_ONE)))
        self._tokens[token] = _Known(peer, Pace(OF_ONE))
        return True

    def dismiss(self, peer: Peer, token: bytes) -> None:
        """Let it in by that token no more, and not at all where it does not tell us."""
        self.forget(token)
        if peer.incoming is None:
            self._peers.pop(peer.name, None)
            self.forget(peer.name)

    def forget(self, *tokens: bytes) -> None:
        """Let nobody in by these any more."""
        for token in tokens:
            if token != self.own:
                self._tokens.pop(token, None)

    def peer(self, name: bytes) -> Peer | None:
        """The peer of that name."""
        return self._peers.get(name)

    def peers(self) -> list[Peer]:
        """All of them."""
        return list(self._peers.values())

    def judge(self, data: bytes, source: Place, second: int) -> Verdict:
        """What a datagram from there is worth in that second."""
        if len(data) > coap.LARGEST_MESSAGE:
            return _OVERSIZED
        known = self._tokens.get(coap.token_of(data))
        if known is None:
            return _UNKNOWN
        if not known.pace.take(second):
            return _TOO_OFTEN
        if known.peer is None and self._unproven.is_over(second):
            return _FLOOD
        verdict = self._read(data, source, second, known)
        if known.peer is None and isinstance(verdict, Dropped) and verdict is not _OWN:
            self._unproven.take(second)
        return verdict

    def _read(self, data: bytes, source: Place, second: int, known: _Known) -> Verdict:
        message = coap.decode(data)
        if isinstance(message, Malformed):
            return Dropped(message.why)
        if message.type != coap.NON:
            return Dropped("other_type")
        sealed = cose.envelope(message.payload)
        if isinstance(sealed, Malformed):
            return Dropped(sealed.why)
        if sealed.kid == self.own:  # what we said to a group comes back to us
            return _OWN
        peer = self._peers.get(sealed.kid)
        if peer is None or (known.peer is not None and known.peer is not peer):
            return Dropped("stranger")
        match message.code, message.path:
            case coap.POST, ("s", "n"):
                return self._hint(sealed, peer, message.token, second, public=known.peer is None)
            case coap.POST, ("s", "c"):
                return self._challenge(sealed, peer, message.token)
            case coap.POST, ("s", "p"):
                return self._pass(sealed, peer)
            case coap.CONTENT, ():
                return self._echo(sealed, peer, source)
            case coap.CHANGED, ():
                return self._heard(sealed, peer)
            case _:
                return Dropped("other_path")

    def _hint(self, sealed: Envelope, peer: Peer, token: bytes, second: int, *, public: bool) -> Verdict:
        hint = words.read_hint(sealed.payload)
        if isinstance(hint, Malformed):
            return Dropped(hint.why)
        incoming = peer.incoming
        if incoming is None or hint.sender != peer.name or (sealed.tag == MAC0) == public:
            return Dropped("stranger")
        strange = hint.epoch != incoming.epoch
        seen = Seen.FRESH
        if incoming.begun and hint.what is not None and not strange:
            seen = incoming.window.look(hint.serial)
        if seen is Seen.OLD:
            return Dropped("old")
        if seen is Seen.AGAIN and not incoming.again.take(second):
            return Dropped("replayed")
        if not _is_proven(sealed, peer, Purpose.HINT):
            return _FORGED
        if seen is Seen.FRESH and not strange:
            incoming.note(hint)
        return News(peer, hint, token, again=seen is Seen.AGAIN, strange=strange)

    def _challenge(self, sealed: Envelope, peer: Peer, token: bytes) -> Verdict:
        found = words.read_challenge(sealed.payload)
        if isinstance(found, Malformed):
            return Dropped(found.why)
        if found.receiver != self.own or found.sender != peer.name:
            return Dropped("not_for_us")
        if not cose.has_mac(sealed, peer.key, Purpose.CHALLENGE):
            return _FORGED
        return Challenged(peer, found, token)

    def _echo(self, sealed: Envelope, peer: Peer, source: Place) -> Verdict:
        found = words.read_echo(sealed.payload)
        if isinstance(found, Malformed):
            return Dropped(found.why)
        if found.receiver != peer.name or found.sender != self.own:
            return Dropped("not_for_us")
        if source != peer.wished:
            return Dropped("other_place")
        if not cose.has_mac(sealed, peer.key, Purpose.ECHO):
            return _FORGED
        return Echoed(peer, found)

    def _heard(self, sealed: Envelope, peer: Peer) -> Verdict:
        found = words.read_heard(sealed.payload)
        if isinstance(found, Malformed):
            return Dropped(found.why)
        if found.receiver != peer.name or not cose.has_mac(sealed, peer.key, Purpose.HEARD):
            return _FORGED
        return Acknowledged(peer, found)

    def _pass(self, sealed: Envelope, peer: Peer) -> Verdict:
        found = words.read_pass(sealed.payload)
        if isinstance(found, Malformed):
            return Dropped(found.why)
        if found.sender != peer.name or not cose.has_mac(sealed, peer.key, Purpose.PASS):
            return _FORGED
        return Passing(peer, found)


def _is_proven(sealed: Envelope, peer: Peer, purpose: Purpose) -> bool:
    if sealed.tag == MAC0:
        return cose.has_mac(sealed, peer.key, purpose)
    return cose.is_signed(sealed, peer.sign, purpose)
