"""Entities of notifications and pushes (docs.joinmastodon.org: Notification, grouped notifications)."""

from msgspec import UNSET, Struct, UnsetType

from scattershot.frontends.mastodon_api.entities.account import Account
from scattershot.frontends.mastodon_api.entities.status import Status


class Report(Struct, frozen=True, kw_only=True):
    """A complaint, as those who run the node are told of it."""

    id: str
    action_taken: bool
    action_taken_at: str | None
    category: str
    comment: str
    forwarded: bool
    created_at: str
    status_ids: list[str] | None
    rule_ids: list[str] | None
    target_account: Account | None


class RelationshipSeveranceEvent(Struct, frozen=True, kw_only=True):
    """Follows that ended because of somebody else's decision."""

    id: str
    type: str
    purged: bool
    target_name: str
    followers_count: int
    following_count: int
    created_at: str


class AccountWarning(Struct, frozen=True, kw_only=True):
    """What those who run the node say to somebody."""

    id: str
    action: str
    text: str
    status_ids: list[str] | None
    target_account: Account
    appeal: None
    created_at: str


class Notification(Struct, frozen=True, kw_only=True):
    """What somebody is told. `emoji` is of a reaction, which Mastodon does not have: its type is `favourite`."""

    id: str
    type: str
    created_at: str
    group_key: str
    account: Account
    status: Status | UnsetType = UNSET
    report: Report | UnsetType = UNSET
    event: RelationshipSeveranceEvent | UnsetType = UNSET
    moderation_warning: AccountWarning | UnsetType = UNSET
    filtered: bool | UnsetType = UNSET
    emoji: str | UnsetType = UNSET


class PartialAccountWithAvatar(Struct, frozen=True, kw_only=True):
    """As much of a microblog as a row of pictures needs."""

    id: str
    acct: str
    url: str
    avatar: str
    avatar_static: str
    locked: bool
    bot: bool


class NotificationGroup(Struct, frozen=True, kw_only=True):
    """Several notifications as one.

    `most_recent_notification_id` is a number, as Mastodon sends it: Ice Cubes and the official iOS app read no text.
    """

    group_key: str
    notifications_count: int
    type: str
    most_recent_notification_id: int
    page_min_id: str | UnsetType = UNSET
    page_max_id: str | UnsetType = UNSET
    latest_page_notification_at: str | UnsetType = UNSET
    sample_account_ids: list[str]
    status_id: str | UnsetType = UNSET
    report: Report | UnsetType = UNSET
    event: RelationshipSeveranceEvent | UnsetType = UNSET
    moderation_warning: AccountWarning | UnsetType = UNSET


class GroupedNotificationsResults(Struct, frozen=True, kw_only=True):
    """Groups, with every microblog and post that they speak of, each once."""

    accounts: list[Account]
    partial_accounts: list[PartialAccountWithAvatar] | UnsetType = UNSET
    statuses: list[Status]
    notification_groups: list[NotificationGroup]


class Summary(Struct, frozen=True, kw_only=True):
    """How much waits."""

    pending_requests_count: int
    pending_notifications_count: int


class NotificationPolicy(Struct, frozen=True, kw_only=True):
    """Whose notifications are accepted, filtered or dropped."""

    for_not_following: str
    for_not_followers: str
    for_new_accounts: str
    for_private_mentions: str
    for_limited_accounts: str
    for_bots: str
    summary: Summary


class NotificationPolicyV1(Struct, frozen=True, kw_only=True):
    """The same as Mastodon first had it: filtered or not."""

    filter_not_following: bool
    filter_not_followers: bool
    filter_new_accounts: bool
    filter_private_mentions: bool
    summary: Summary


class NotificationRequest(Struct, frozen=True, kw_only=True):
    """Somebody whose notifications wait; the count is a text, as Mastodon sends it."""

    id: str
    created_at: str
    updated_at: str
    notifications_count: str
    account: Account
    last_status: Status | None


class Count(Struct, frozen=True, kw_only=True):
    """How many."""

    count: int


class Merged(Struct, frozen=True, kw_only=True):
    """Whether all that was let in stands among the others."""

    merged: bool


class Marker(Struct, frozen=True, kw_only=True):
    """How far somebody has read."""

    last_read_id: str
    version: int
    updated_at: str


class Conversation(Struct, frozen=True, kw_only=True):
    """Private posts among a few."""

    id: str
    unread: bool
    accounts: list[Account]
    last_status: Status | None


class WebPushSubscription(Struct, frozen=True, kw_only=True):
    """Where a program is pushed to; the id is a number, as Mastodon sends it."""

    id: int
    endpoint: str
    standard: bool
    alerts: dict[str, bool]
    policy: str
    server_key: str
