"""Web Push: what a microblog is told is pushed to the programs that asked for it, so that phones show it.

Pushes wait in the store as ids alone and are put into words at the last moment: what was taken back or put away
meanwhile is pushed no more. Only the program that subscribed can read them. An endpoint is a secret by itself, whoever
knows it may push there: only its host is ever logged.
"""

import asyncio
import logging
import random
import secrets
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from scattershot.app import counters
from scattershot.app.lately import Lately
from scattershot.app.notifications import Notice, Notifications
from scattershot.domain.ids import MicroblogId, Millis, TokenId
from scattershot.domain.notification import Told
from scattershot.domain.push import GOOD_FOR, REFUSALS_IN_A_ROW, Gone, Later, Outcome, Pushed, outcome
from scattershot.domain.push import Refused as Unwanted
from scattershot.domain.reading import Refused
from scattershot.ports.bus import Bus
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction
from scattershot.ports.fetcher import Fetcher, Unreachable
from scattershot.storage.tables import facts, pushes
from scattershot.storage.tables.pushes import Push, Subscription
from scattershot.wirekit.dates import retry_after
from scattershot.wirekit.http_message import Headers, Request
from scattershot.wirekit.sealing import NONCE_BYTES, opened, seal
from scattershot.wirekit.urls import parse_url
from scattershot.wirekit.web_push import (
    SALT_BYTES,
    Receiver,
    Vouched,
    WrongKeyError,
    generate_key,
    load_key,
    public_text,
    receiver,
    seal_as_drafted,
    vouch,
)
from scattershot.wirekit.web_push import seal as seal_for

TOPIC = "push"
"""Nudged whenever something may wait to be pushed."""
AT_ONCE = 32
"""Pushes taken up together."""
SIDE_BY_SIDE = 8
"""Requests under way at a time."""
SECONDS = 10.0
"""How long a push service may take; they answer in a fraction of it."""
VOUCHED_FOR = 12 * 3_600
"""Seconds for which a token for a push service is good; RFC 8292 allows a day."""
AUDIENCES = ("all", "followed", "follower", "none")
_FACT = "vapid_key"
_NEVER = ("private_address", "scheme")
"""Where no push service will ever be reached."""

_logger = logging.getLogger(__name__)

Words = Callable[[Notice, str], bytes]
"""Puts a notification into the words of the program whose access token is given."""


class Wanted(NamedTuple):
    """What a program asks for when it subscribes."""

    endpoint: str
    p256dh: str
    auth: str
    standard: bool
    alerts: frozenset[Told]
    audience: str


class Keys(NamedTuple):
    """The node's key for push services, PEM, and the one under which access tokens are kept."""

    vapid: str
    sealing: bytes


async def own_key(database: Database) -> str:
    """The key by which push services know the node, made at the first start: subscriptions are bound to it."""

    def work(tx: Transaction) -> str:
        known = facts.get(tx, _FACT)
        if known is None:
            known = generate_key()
            facts.put(tx, _FACT, known)
        return known

    known = await database.read(partial(facts.get, name=_FACT))
    return known if known is not None else await database.write(work)


class WebPush:
    """Subscriptions, and the loop that pushes. `contact` is told to push services: a mailto: or https: address."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        bus: Bus,
        fetcher: Fetcher,
        notifications: Notifications,
        words: Words,
        keys: Keys,
        *,
        contact: str,
        schemes: tuple[str, ...] = ("https",),
    ) -> None:
        self._database, self._clock, self._bus, self._fetcher = database, clock, bus, fetcher
        self._notifications, self._words = notifications, words
        self._key, self._sealing = load_key(keys.vapid), keys.sealing
        self._contact, self._schemes = contact, schemes
        self._vouched: Lately[str, tuple[Vouched, int]] = Lately(1_000)
        self._shut: Lately[str, Millis] = Lately(1_000)
        self._gate = asyncio.Semaphore(SIDE_BY_SIDE)

    @property
    def public_key(self) -> str:
        """The public half of the node's key, as programs hand it to push services."""
        return public_text(self._key)

    # -- subscriptions

    async def subscribe(
        self, token: TokenId, microblog: MicroblogId, secret: str, wanted: Wanted
    ) -> Subscription | Refused:
        """Tell a program from now on what the microblog is told; in place of what its token asked for before.

        `secret` is the token itself, which the program wishes to see again in what it is pushed.
        """
        to = self._checked(wanted)
        if isinstance(to, Refused):
            return to
        new = Subscription(
            id=0,
            token=token,
            microblog=microblog,
            endpoint=wanted.endpoint,
            to=to,
            standard=wanted.standard,
            alerts=frozenset(wanted.alerts),
            audience=wanted.audience,
            sealed=seal(self._sealing, secrets.token_bytes(NONCE_BYTES), secret, _place(token)),
            refusals=0,
        )
        now = self._clock.now()

        def work(tx: Transaction) -> Subscription:
            pushes.subscribe(tx, new, now)
            made = pushes.of_token(tx, token)
            assert made is not None
            return made

        return await self._database.write(work)

    def _checked(self, wanted: Wanted) -> Receiver | Refused:
        url = parse_url(wanted.endpoint)
        if url is None or url.scheme not in self._schemes or url.fragment is not None or not wanted.endpoint.isascii():
            return Refused("invalid", "subscription[endpoint] is not an https address.")
        if wanted.audience not in AUDIENCES:
            return Refused("invalid", f"data[policy] is not one of {', '.join(AUDIENCES)}.")
        try:
            return receiver(wanted.p256dh, wanted.auth)
        except WrongKeyError as problem:
            return Refused("invalid", f"subscription[keys]: {problem}")

    async def get(self, token: TokenId) -> Subscription | None:
        """The token's subscription."""
        return await self._database.read(lambda tx: pushes.of_token(tx, token))

    async def change(
        self, token: TokenId, alerts: frozenset[Told] | None, audience: str | None
    ) -> Subscription | Refused | None:
        """Replace of what, or of whose deeds, the token's subscription is told; None where there is none."""
        if audience is not None and audience not in AUDIENCES:
            return Refused("invalid", f"data[policy] is not one of {', '.join(AUDIENCES)}.")

        def work(tx: Transaction) -> Subscription | None:
            known = pushes.of_token(tx, token)
            if known is None:
                return None
            pushes.change(tx, token, known.alerts if alerts is None else frozenset(alerts), audience or known.audience)
            return pushes.of_token(tx, token)

        return await self._database.write(work)

    async def unsubscribe(self, token: TokenId) -> None:
        """Push the token's program nothing more."""
        await self._database.write(lambda tx: pushes.unsubscribe(tx, token))

    # -- pushing

    async def step(self) -> int:
        """Push what is due, once each; how many were tried."""
        now = self._clock.now()
        due = await self._database.read(lambda tx: pushes.due(tx, now, AT_ONCE))
        await asyncio.gather(*(self._attempt(push) for push in due))
        return len(due)

    async def run(self) -> None:
        """Push whatever falls due."""
        while True:
            looked = self._clock.now()
            if not await self.step():
                following = await self._database.read(partial(pushes.next_due, now=looked))
                wait = (following - self._clock.now()) / 1000 if following is not None else 30.0
                await self._bus.wait(TOPIC, min(30.0, max(0.05, wait)))

    async def _attempt(self, push: Push) -> None:
        async with self._gate:
            try:
                came = await self._push(push)
            except (ValueError, TypeError):
                _logger.exception("a push cannot be put into words")
                came = Unwanted()
        counters.PUSHES.labels(type(came).__name__.lower()).inc()
        now = self._clock.now()
        await self._database.write(partial(_settle, push=push, came=came, now=now))

    async def _push(self, push: Push) -> Outcome:
        url = parse_url(push.subscription.endpoint)
        if url is None or self._clock.now() - push.made > GOOD_FOR:
            return Unwanted()
        shut = self._shut.get(url.origin)
        if shut is not None and shut > self._clock.now():
            return Later(shut - self._clock.now())
        subscription = push.subscription
        owner, number = subscription.microblog, push.notification
        notice = await self._database.read(lambda tx: self._notifications.get_in(tx, owner, number))
        if notice is None or notice.row.held:
            return Pushed()  # it was taken back, or put away: there is nothing to say any more
        token = opened(self._sealing, subscription.sealed, _place(TokenId(subscription.token)))
        request = self._request(subscription, url.origin, self._words(notice, token or ""), str(number))
        answer = await self._fetcher.send(request, limit=100_000, seconds=SECONDS)
        spread = random.random()  # noqa: S311 - jitter, not a secret
        if isinstance(answer, Unreachable):
            _logger.info("the push service at %s cannot be reached: %s", url.authority, answer.why)
            came = Unwanted() if answer.why in _NEVER else outcome(None, push.attempts, None, spread)
        else:
            asked = retry_after(answer.headers.get("retry-after"), self._clock.now())
            came = outcome(answer.status, push.attempts, asked, spread)
            if not isinstance(came, Pushed):
                _logger.info("the push service at %s answers %d", url.authority, answer.status)
        if isinstance(came, Later):
            self._shut[url.origin] = Millis(self._clock.now() + came.wait)
        return came

    def _request(self, subscription: Subscription, origin: str, plain: bytes, topic: str) -> Request:
        coding = seal_for if subscription.standard else seal_as_drafted
        sealed = coding(plain, subscription.to, load_key(generate_key()), secrets.token_bytes(SALT_BYTES))
        headers = Headers(
            (
                *self._vouch(origin).headers(sealed),
                ("content-type", "application/octet-stream"),
                ("ttl", str(GOOD_FOR // 1000)),
                ("urgency", "normal"),
                ("topic", topic),  # a push tried twice replaces itself
            )
        )
        return Request("POST", subscription.endpoint, headers, sealed.body)

    def _vouch(self, origin: str) -> Vouched:
        """The token for a push service, used until half of its time is over."""
        now = self._clock.now() // 1000
        known = self._vouched.get(origin)
        if known is None or not VOUCHED_FOR // 2 < known[1] - now <= VOUCHED_FOR:
            expires = now + VOUCHED_FOR
            known = self._vouched[origin] = vouch(self._key, origin, expires, self._contact), expires
        return known[0]


def _place(token: TokenId) -> str:
    return f"push {token}"


def _settle(tx: Transaction, push: Push, came: Outcome, now: Millis) -> None:
    subscription = push.subscription
    match came:
        case Later(wait):
            pushes.put_off(tx, push.id, Millis(now + wait))
        case Pushed():
            pushes.strike_off(tx, push.id)
            if subscription.refusals:
                pushes.note_refusals(tx, subscription.id, 0)
        case Unwanted() if subscription.refusals + 1 < REFUSALS_IN_A_ROW:
            pushes.strike_off(tx, push.id)
            pushes.note_refusals(tx, subscription.id, subscription.refusals + 1)
        case Unwanted() | Gone():
            pushes.drop(tx, subscription.id)
