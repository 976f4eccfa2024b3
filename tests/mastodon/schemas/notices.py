"""Entities about what a person is told: notifications, single and grouped, policies, requests, push, announcements."""

from tests.mastodon.schemas.kinds import (
    BOOL,
    COUNT,
    DATETIME,
    DIGITS,
    ID,
    INT,
    OBJECT,
    STRING,
    TEXT,
    URL,
    Schema,
    array,
    nullable,
    one_of,
    ref,
    some,
    thing,
)

ABOUT_A_STATUS = ("mention", "status", "reblog", "favourite", "poll", "update", "quote", "quoted_update")
ABOUT_PEOPLE = ("follow", "follow_request", "admin.sign_up", "added_to_collection", "collection_update")
# Kinds that Mastodon does not have: emoji reactions, by the name that Pleroma and Akkoma gave them.
OUR_OWN = ("pleroma:emoji_reaction",)
TYPES = (
    *ABOUT_A_STATUS,
    *ABOUT_PEOPLE,
    "admin.report",
    "severed_relationships",
    "moderation_warning",
    "annual_report",
    *OUR_OWN,
)

_ABOUT = {
    "report": ref("Report"),
    "event": ref("RelationshipSeveranceEvent"),
    "moderation_warning": ref("AccountWarning"),
    "fallback": nullable(ref("NotificationFallback")),
    "collection": ref("Collection"),
    "annual_report": OBJECT,
}


def _needs(types: tuple[str, ...], field: str) -> Schema:
    """A notification of one of these types holds that field."""
    return {"if": {"properties": {"type": one_of(*types)}}, "then": {"required": [field]}}


def _complete(status: str) -> list[Schema]:
    return [
        _needs((*ABOUT_A_STATUS, *OUR_OWN), status),
        _needs(("admin.report",), "report"),
        _needs(("severed_relationships",), "event"),
        _needs(("moderation_warning",), "moderation_warning"),
    ]


NOTIFICATION = {
    **thing(
        {"id": ID, "type": one_of(*TYPES), "created_at": DATETIME, "account": ref("Account"), "group_key": TEXT},
        {"status": ref("Status"), **_ABOUT},
    ),
    "allOf": _complete("status"),
}

NOTIFICATION_GROUP = {
    **thing(
        {
            "group_key": TEXT,
            "notifications_count": {**COUNT, "minimum": 1},
            "type": one_of(*TYPES),
            # An integer, as in the documentation's examples if not in its words: apps in Swift (Ice Cubes, the official
            # one) read an Int here, and drop the page for a string.
            "most_recent_notification_id": INT,
            "sample_account_ids": some(ID),
        },
        {
            "page_min_id": nullable(ID),
            "page_max_id": nullable(ID),
            "latest_page_notification_at": nullable(DATETIME),
            "status_id": ID,
            **_ABOUT,
        },
    ),
    "allOf": _complete("status_id"),
}

_VERDICT = one_of("accept", "filter", "drop")
_SUMMARY = thing({"pending_requests_count": COUNT, "pending_notifications_count": COUNT})

ALERTS = (
    "mention", "status", "reblog", "follow", "follow_request", "favourite", "poll", "update", "quote", "quoted_update",
    "admin.sign_up", "admin.report",
)  # fmt: skip

REPORT = thing(
    {
        "id": ID,
        "action_taken": BOOL,
        "action_taken_at": nullable(DATETIME),
        "category": one_of("spam", "legal", "violation", "other"),
        "comment": STRING,
        "forwarded": BOOL,
        "created_at": DATETIME,
        "status_ids": nullable(array(ID)),
        "rule_ids": nullable(array(ID)),
        "target_account": ref("Account"),
    },
    {"collection_ids": nullable(array(ID))},
)

ANNOUNCEMENT = thing(
    {
        "id": ID,
        "content": STRING,
        "starts_at": nullable(DATETIME),
        "ends_at": nullable(DATETIME),
        "all_day": BOOL,
        "published_at": DATETIME,
        "updated_at": DATETIME,
        "mentions": array(ref("Mention")),
        "statuses": array(thing({"id": ID, "url": URL})),
        "tags": array(thing({"name": TEXT, "url": URL})),
        "emojis": array(ref("CustomEmoji")),
        "reactions": array(ref("Reaction")),
    },
    {"read": BOOL},
)

NOTICES: dict[str, Schema] = {
    "Notification": NOTIFICATION,
    "NotificationGroup": NOTIFICATION_GROUP,
    "GroupedNotificationsResults": thing(
        {
            "accounts": array(ref("Account")),
            "statuses": array(ref("Status")),
            "notification_groups": array(ref("NotificationGroup")),
        },
        {"partial_accounts": array(ref("PartialAccountWithAvatar"))},
    ),
    "NotificationFallback": thing({"title": STRING, "summary": nullable(STRING), "details": nullable(STRING)}),
    "RelationshipSeveranceEvent": thing(
        {
            "id": ID,
            "type": one_of("domain_block", "user_domain_block", "account_suspension"),
            "purged": BOOL,
            "target_name": STRING,
            "followers_count": COUNT,
            "following_count": COUNT,
            "created_at": DATETIME,
        }
    ),
    "AccountWarning": thing(
        {
            "id": ID,
            "action": one_of(
                "none", "disable", "mark_statuses_as_sensitive", "delete_statuses", "sensitive", "silence", "suspend"
            ),
            "text": STRING,
            "status_ids": nullable(array(ID)),
            "target_account": ref("Account"),
            "appeal": nullable(thing({"text": STRING, "state": one_of("approved", "rejected", "pending")})),
            "created_at": DATETIME,
        }
    ),
    "NotificationPolicy": thing(
        {
            "for_not_following": _VERDICT,
            "for_not_followers": _VERDICT,
            "for_new_accounts": _VERDICT,
            "for_private_mentions": _VERDICT,
            "for_limited_accounts": _VERDICT,
            "summary": _SUMMARY,
        },
        {"for_bots": _VERDICT},
    ),
    "NotificationPolicyV1": thing(
        {
            "filter_not_following": BOOL,
            "filter_not_followers": BOOL,
            "filter_new_accounts": BOOL,
            "filter_private_mentions": BOOL,
            "summary": _SUMMARY,
        }
    ),
    "NotificationRequest": thing(
        {
            "id": ID,
            "created_at": DATETIME,
            "updated_at": DATETIME,
            "account": ref("Account"),
            "notifications_count": DIGITS,
        },
        {"last_status": nullable(ref("Status"))},
    ),
    "WebPushSubscription": thing(
        {
            # Mastodon sends an integer here, and the documentation says string: apps read either.
            "id": {"anyOf": [ID, INT]},
            "endpoint": URL,
            "server_key": TEXT,
            "alerts": thing(dict.fromkeys(ALERTS[:8], BOOL), dict.fromkeys(ALERTS[8:], BOOL)),
        },
        {"standard": BOOL, "policy": one_of("all", "followed", "follower", "none")},
    ),
    "WrappedAnnualReports": thing(
        {
            "annual_reports": array(thing({"year": INT, "data": OBJECT, "schema_version": INT, "account_id": ID})),
            "accounts": array(ref("Account")),
            "statuses": array(ref("Status")),
        }
    ),
    "Report": REPORT,
    "Announcement": ANNOUNCEMENT,
    "Reaction": thing({"name": TEXT, "count": COUNT}, {"me": BOOL, "url": nullable(URL), "static_url": nullable(URL)}),
}
