"""Notifications as JSON: one by one, in groups, and those who wait to be let in."""

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Raw, json, to_builtins

from scattershot.app.items import Face, Item
from scattershot.app.notifications import Conversation, Group, Notice, Request
from scattershot.domain.ids import MicroblogId, Millis, PostId
from scattershot.domain.notification import Cause, Measure, Told
from scattershot.domain.relations import Counts
from scattershot.frontends.mastodon_api.accounts_as_json import AccountsAsJson
from scattershot.frontends.mastodon_api.entities import notification as entities
from scattershot.frontends.mastodon_api.notification_types import TYPES
from scattershot.frontends.mastodon_api.statuses_as_json import StatusesAsJson
from scattershot.ports.database import Transaction
from scattershot.wirekit.dates import rfc3339

_MEASURES = {
    Measure.NONE: "none",
    Measure.SENSITIVE: "sensitive",
    Measure.LIMITED: "silence",
    Measure.DISABLED: "disable",
    Measure.BLOCKED: "suspend",
    Measure.POSTS_SENSITIVE: "mark_statuses_as_sensitive",
    Measure.POSTS_DELETED: "delete_statuses",
}
_CAUSES = {
    Cause.NODE: "domain_block",
    Cause.SHUNNED: "user_domain_block",
    Cause.SHUT: "account_suspension",
}
_UNCOUNTED = Counts(0, 0, 0, None)
_encode = json.Encoder().encode


class _Known:
    """The entities that an answer speaks of, as JSON."""

    def __init__(self, accounts: dict[MicroblogId, bytes], statuses: dict[PostId, bytes]) -> None:
        self._accounts, self._statuses = accounts, statuses

    def account(self, face: Face) -> Raw:
        return Raw(self._accounts[face.id])

    def status(self, item: Item | None) -> Raw | None:
        return Raw(self._statuses[item.id]) if item is not None else None


class NotificationsAsJson:
    """Renders what the owner was told."""

    def __init__(self, accounts: AccountsAsJson, statuses: StatusesAsJson) -> None:
        self._accounts, self._statuses = accounts, statuses

    def page(self, tx: Transaction, notices: Sequence[Notice], owner: MicroblogId, now: Millis) -> bytes:
        """A list of notifications."""
        known = self._known(tx, _faces(notices), [notice.item for notice in notices], owner, now)
        return _encode([_notification(notice, known) for notice in notices])

    def one(self, tx: Transaction, notice: Notice, owner: MicroblogId, now: Millis) -> bytes:
        """One notification, as streams tell it too."""
        known = self._known(tx, _faces([notice]), [notice.item], owner, now)
        return _encode(_notification(notice, known))

    def results(
        self, tx: Transaction, groups: Sequence[Group], owner: MicroblogId, now: Millis, *, partly: bool = False
    ) -> bytes:
        """Groups with all that they speak of; `partly`: only the latest sender of each as a whole account."""
        notices = [group.newest for group in groups]
        items = {notice.item.id: notice.item for notice in notices if notice.item is not None}
        all_senders = {face.id: face for group in groups for face in group.senders}
        whole = {group.senders[0].id: group.senders[0] for group in groups} if partly else all_senders
        known = self._known(tx, [*_faces(notices), *whole.values()], list(items.values()), owner, now)
        found: dict[str, Any] = {
            "accounts": [known.account(face) for face in whole.values()],
            "statuses": [known.status(item) for item in items.values()],
            "notification_groups": [_group(group, known) for group in groups],
        }
        if partly:
            rest = [face for number, face in all_senders.items() if number not in whole]
            found["partial_accounts"] = [self._partial(face) for face in rest]
        return _encode(found)

    def _partial(self, face: Face) -> entities.PartialAccountWithAvatar:
        account = self._accounts.entity(face, _UNCOUNTED)
        return entities.PartialAccountWithAvatar(
            id=str(face.id),
            acct=account.acct,
            url=account.url,
            avatar=account.avatar,
            avatar_static=account.avatar_static,
            locked=account.locked,
            bot=account.bot,
        )

    def requests(self, tx: Transaction, found: Sequence[Request], owner: MicroblogId, now: Millis) -> list[bytes]:
        """Those who wait to be let in, each for itself."""
        known = self._known(tx, [each.sender for each in found], [each.item for each in found], owner, now)
        return [
            _encode(
                {
                    "id": str(each.asker.id),
                    "created_at": rfc3339(each.asker.first_at),
                    "updated_at": rfc3339(each.asker.last_at),
                    "notifications_count": str(each.asker.size),
                    "account": known.account(each.sender),
                    "last_status": known.status(each.item),
                }
            )
            for each in found
        ]

    def conversations(
        self, tx: Transaction, found: Sequence[Conversation], owner: MicroblogId, now: Millis
    ) -> list[bytes]:
        """Private conversations, each for itself."""
        faces = [face for each in found for face in each.others]
        known = self._known(tx, faces, [each.newest for each in found], owner, now)
        return [
            _encode(
                {
                    "id": str(each.id),
                    "unread": each.unread,
                    "accounts": [known.account(face) for face in each.others],
                    "last_status": known.status(each.newest),
                }
            )
            for each in found
        ]

    def conversation(self, tx: Transaction, found: Conversation, owner: MicroblogId, now: Millis) -> bytes:
        """One of them."""
        return self.conversations(tx, [found], owner, now)[0]

    def _known(
        self, tx: Transaction, faces: Iterable[Face], items: Iterable[Item | None], owner: MicroblogId, now: Millis
    ) -> _Known:
        shown = {item.id: item for item in items if item is not None}
        statuses = self._statuses.each(tx, list(shown.values()), owner, now)
        return _Known(self._accounts.bodies(tx, faces, now), dict(zip(shown, statuses, strict=True)))


def _faces(notices: Iterable[Notice]) -> list[Face]:
    return [face for notice in notices for face in (notice.sender, notice.accused) if face is not None]


def _notification(notice: Notice, known: _Known) -> dict[str, Any]:
    row = notice.row
    found: dict[str, Any] = {
        "id": str(row.id),
        "type": TYPES[Told(row.kind)],
        "created_at": rfc3339(row.at),
        "group_key": notice.key,
        "account": known.account(notice.sender),
    }
    if notice.item is not None:
        found["status"] = known.status(notice.item)
    if row.held:
        found["filtered"] = True
    if row.kind == Told.REACTION:
        found["emoji"] = row.about
    return found | _subject(notice, known)


def _group(group: Group, known: _Known) -> dict[str, Any]:
    newest = group.newest
    found: dict[str, Any] = {
        "group_key": group.key,
        "notifications_count": group.size,
        "type": TYPES[Told(newest.row.kind)],
        "most_recent_notification_id": group.page[0] if group.page is not None else newest.row.id,
        "sample_account_ids": [str(face.id) for face in group.senders],
    }
    if group.page is not None:
        youngest, oldest, at = group.page
        found |= {
            "page_min_id": str(oldest),
            "page_max_id": str(youngest),
            "latest_page_notification_at": rfc3339(at),
        }
    if newest.item is not None:
        found["status_id"] = str(newest.item.id)
    return found | _subject(newest, known)


def _subject(notice: Notice, known: _Known) -> dict[str, Any]:
    """What it is about beside a post."""
    found: dict[str, Any] = {}
    if notice.report is not None:
        report = notice.report
        found["report"] = {
            "id": str(report.id),
            "action_taken": report.resolved_at is not None,
            "action_taken_at": rfc3339(report.resolved_at) if report.resolved_at is not None else None,
            "category": report.category.value,
            "comment": report.comment,
            "forwarded": report.forwarded,
            "created_at": rfc3339(report.at),
            "status_ids": [str(post) for post in report.posts],
            "rule_ids": [str(rule) for rule in report.rules] or None,
            "target_account": known.account(notice.accused) if notice.accused is not None else None,
        }
    if notice.severance is not None:
        severance = notice.severance
        found["event"] = to_builtins(
            entities.RelationshipSeveranceEvent(
                id=str(severance.id),
                type=_CAUSES[severance.cause],
                purged=False,
                target_name=severance.host,
                followers_count=severance.followers,
                following_count=severance.following,
                created_at=rfc3339(severance.at),
            )
        )
    if notice.warning is not None:
        warning = notice.warning
        found["moderation_warning"] = {
            "id": str(warning.id),
            "action": _MEASURES.get(Measure(warning.measure), "none"),
            "text": warning.text,
            "status_ids": [str(post) for post in warning.posts],
            "target_account": known.account(notice.sender),
            "appeal": None,
            "created_at": rfc3339(warning.at),
        }
    return found
