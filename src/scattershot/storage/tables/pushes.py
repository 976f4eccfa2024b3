"""Push subscriptions of programs, and the notifications that wait to be pushed to them. Ids only: never a text."""

from typing import NamedTuple

from scattershot.domain.ids import MicroblogId, Millis, NotificationId
from scattershot.ports.database import Transaction
from scattershot.wirekit.web_push import Receiver

MOST_WAITING = 200
"""So many pushes wait for one subscription; beyond, the newer ones are not pushed: the phone is far behind already."""


class Subscription(NamedTuple):
    """Where a program wishes to be told. `sealed` is its access token, under a key that is not in the database."""

    id: int
    token: int
    microblog: MicroblogId
    endpoint: str
    to: Receiver
    standard: bool
    alerts: frozenset[str]
    audience: str
    sealed: bytes
    refusals: int


_COLUMNS = (
    "s.id, s.token, s.microblog, s.endpoint, s.point, s.auth, s.standard, s.alerts, s.audience, s.sealed, s.refusals"
)


def _subscription(
    id_: int, token: int, microblog: int, endpoint: str, point: bytes, auth: bytes, standard: bool, alerts: str,
    audience: str, sealed: bytes, refusals: int,
) -> Subscription:  # fmt: skip
    to = Receiver(bytes(point), bytes(auth))
    return Subscription(
        id_, token, MicroblogId(microblog), endpoint, to, bool(standard), frozenset(alerts.split()), audience,
        bytes(sealed), refusals,
    )  # fmt: skip


def subscribe(tx: Transaction, new: Subscription, now: Millis) -> None:
    """Store a subscription in place of the one its token had; its id is given here."""
    unsubscribe(tx, new.token)
    tx.execute(
        "INSERT INTO push_subscriptions "
        "(token, microblog, endpoint, point, auth, standard, alerts, audience, sealed, made) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        new.token, new.microblog, new.endpoint, *new.to, new.standard, " ".join(sorted(new.alerts)), new.audience,
        new.sealed, now,
    )  # fmt: skip


def of_token(tx: Transaction, token: int) -> Subscription | None:
    """The token's subscription."""
    return tx.fetch_one(_subscription, f"SELECT {_COLUMNS} FROM push_subscriptions s WHERE s.token = $1", token)


def change(tx: Transaction, token: int, alerts: frozenset[str], audience: str) -> None:
    """Replace of what, and of whose deeds, the token's subscription is told."""
    tx.execute(
        "UPDATE push_subscriptions SET alerts = $2, audience = $3 WHERE token = $1",
        token,
        " ".join(sorted(alerts)),
        audience,
    )


def unsubscribe(tx: Transaction, token: int) -> None:
    """End the token's subscription, with all that waits for it."""
    tx.execute("DELETE FROM push_subscriptions WHERE token = $1", token)


def drop(tx: Transaction, subscription: int) -> None:
    """End a subscription, with all that waits for it."""
    tx.execute("DELETE FROM push_subscriptions WHERE id = $1", subscription)


def note_refusals(tx: Transaction, subscription: int, refusals: int) -> None:
    """How often in a row its push service refused."""
    tx.execute("UPDATE push_subscriptions SET refusals = $2 WHERE id = $1", subscription, refusals)


class Wish(NamedTuple):
    """Of what a subscription is told, and how much waits for it."""

    id: int
    alerts: str
    audience: str
    waiting: int


def wishes(tx: Transaction, microblog: MicroblogId) -> list[Wish]:
    """The subscriptions that are told what the microblog is told."""
    return tx.fetch(
        Wish,
        "SELECT s.id, s.alerts, s.audience, (SELECT count(*) FROM pushes p WHERE p.subscription = s.id) "
        "FROM push_subscriptions s WHERE s.microblog = $1",
        microblog,
    )


# -- what waits


class Push(NamedTuple):
    """A notification that waits to be pushed, since when, after how many attempts."""

    id: int
    notification: NotificationId
    made: Millis
    attempts: int
    subscription: Subscription


def add(tx: Transaction, subscription: int, notification: NotificationId, now: Millis) -> None:
    """Let a notification wait to be pushed."""
    tx.execute(
        "INSERT INTO pushes (subscription, notification, made, due) VALUES ($1, $2, $3, $3)",
        subscription,
        notification,
        now,
    )


def _push(id_: int, notification: int, made: int, attempts: int, *subscription: object) -> Push:
    return Push(id_, NotificationId(notification), Millis(made), attempts, _subscription(*subscription))  # type: ignore[arg-type]


def due(tx: Transaction, now: Millis, limit: int) -> list[Push]:
    """What may be pushed now; nothing for one who may not sign in, or keeps the microblog no more."""
    return tx.fetch(
        _push,
        f"SELECT p.id, p.notification, p.made, p.attempts, {_COLUMNS} FROM pushes p "
        "JOIN push_subscriptions s ON s.id = p.subscription JOIN access_tokens t ON t.id = s.token "
        "JOIN people o ON o.id = t.person WHERE p.due <= $1 AND NOT o.disabled "
        "AND EXISTS (SELECT 1 FROM keepers k WHERE k.person = t.person AND k.microblog = s.microblog) "
        "ORDER BY p.due LIMIT $2",
        now,
        limit,
    )


def next_due(tx: Transaction, now: Millis) -> Millis | None:
    """When the next push falls due that was not due at that moment."""
    found = tx.value("SELECT due FROM pushes WHERE due > $1 ORDER BY due LIMIT 1", now)
    return Millis(found) if found is not None else None


def strike_off(tx: Transaction, push: int) -> None:
    """It was pushed, or never will be."""
    tx.execute("DELETE FROM pushes WHERE id = $1", push)


def put_off(tx: Transaction, push: int, due: Millis) -> None:
    """Try it again then."""
    tx.execute("UPDATE pushes SET attempts = attempts + 1, due = $2 WHERE id = $1", push, due)


def forget(tx: Transaction, before: Millis) -> int:
    """Forget what waited since before that moment."""
    return tx.execute("DELETE FROM pushes WHERE made < $1", before)
