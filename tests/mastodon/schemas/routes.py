"""What each endpoint of the public documentation (docs.joinmastodon.org/methods) answers when all is well."""

from collections.abc import Callable

from tests.mastodon.schemas.kinds import EMPTY, OBJECT, STRING, TEXT, Schema, array, mapping, ref, thing

Route = Schema | Callable[[int], Schema]

_ACCOUNT, _STATUS, _RELATIONSHIP = ref("Account"), ref("Status"), ref("Relationship")
_ACCOUNTS, _STATUSES = array(_ACCOUNT), array(_STATUS)


def _media(status: int) -> Schema:
    """200 when it can be shown; 202 and 206 while it is worked on, and has no address yet."""
    return ref("MediaAttachment") if status == 200 else ref("ProcessingMediaAttachment")


def _posted(status: int) -> Schema:
    # One or the other: with `scheduled_at`, it is a ScheduledStatus.
    return {"if": {"required": ["scheduled_at"]}, "then": ref("ScheduledStatus"), "else": _STATUS}


def _each(names: str, schema: Route) -> dict[str, Route]:
    """The same answer for several endpoints, one a line or apart by spaces after the method."""
    return {line.strip(): schema for line in names.strip().splitlines()}


def _deeds(path: str, words: str, schema: Route) -> dict[str, Route]:
    return {f"POST {path}/{word}": schema for word in words.split()}


ACCOUNTS: dict[str, Route] = {
    "POST /api/v1/accounts": ref("Token"),
    "GET /api/v1/accounts": _ACCOUNTS,
    "GET /api/v1/accounts/:id": _ACCOUNT,
    "GET /api/v1/accounts/lookup": _ACCOUNT,
    "GET /api/v1/accounts/search": _ACCOUNTS,
    "GET /api/v1/accounts/verify_credentials": ref("CredentialAccount"),
    "PATCH /api/v1/accounts/update_credentials": ref("CredentialAccount"),
    "GET /api/v1/accounts/relationships": array(_RELATIONSHIP),
    "GET /api/v1/accounts/familiar_followers": array(ref("FamiliarFollowers")),
    "GET /api/v1/accounts/:id/statuses": _STATUSES,
    "GET /api/v1/accounts/:id/featured_tags": array(ref("FeaturedTag")),
    "GET /api/v1/accounts/:id/lists": array(ref("List")),
    "GET /api/v1/accounts/:id/identity_proofs": array(OBJECT),
    "GET /api/v1/accounts/:id/collections": ref("Collections"),
    "GET /api/v1/accounts/:id/in_collections": ref("Collections"),
    **_each(
        """GET /api/v1/accounts/:id/followers
        GET /api/v1/accounts/:id/following
        GET /api/v1/accounts/:id/endorsements
        GET /api/v1/endorsements
        GET /api/v1/blocks
        GET /api/v1/follow_requests
        GET /api/v1/directory
        GET /api/v1/suggestions""",
        _ACCOUNTS,
    ),
    **_deeds(
        "/api/v1/accounts/:id",
        "follow unfollow block unblock mute unmute pin unpin endorse unendorse note remove_from_followers",
        _RELATIONSHIP,
    ),
    **_deeds("/api/v1/follow_requests/:id", "authorize reject", _RELATIONSHIP),
    "GET /api/v1/mutes": array(ref("MutedAccount")),
    "GET /api/v1/domain_blocks": array(STRING),
    "POST /api/v1/domain_blocks": EMPTY,
    "DELETE /api/v1/domain_blocks": EMPTY,
    "GET /api/v1/domain_blocks/preview": OBJECT,
    "GET /api/v1/favourites": _STATUSES,
    "GET /api/v1/bookmarks": _STATUSES,
    "GET /api/v1/preferences": ref("Preferences"),
    "GET /api/v1/profile": ref("Profile"),
    "PATCH /api/v1/profile": ref("Profile"),
    "DELETE /api/v1/profile/avatar": ref("CredentialAccount"),
    "DELETE /api/v1/profile/header": ref("CredentialAccount"),
    "GET /api/v1/followed_tags": array(ref("Tag")),
    "GET /api/v1/featured_tags": array(ref("FeaturedTag")),
    "POST /api/v1/featured_tags": ref("FeaturedTag"),
    "DELETE /api/v1/featured_tags/:id": EMPTY,
    "GET /api/v1/featured_tags/suggestions": array(ref("Tag")),
    "GET /api/v1/tags/:name": ref("Tag"),
    **_deeds("/api/v1/tags/:name", "follow unfollow feature unfeature", ref("Tag")),
    "DELETE /api/v1/suggestions/:id": EMPTY,
    "GET /api/v2/suggestions": array(ref("Suggestion")),
    "POST /api/v1/reports": ref("Report"),
    "GET /api/v1/lists": array(ref("List")),
    "POST /api/v1/lists": ref("List"),
    "GET /api/v1/lists/:id": ref("List"),
    "PUT /api/v1/lists/:id": ref("List"),
    "DELETE /api/v1/lists/:id": EMPTY,
    "GET /api/v1/lists/:id/accounts": _ACCOUNTS,
    "POST /api/v1/lists/:id/accounts": EMPTY,
    "DELETE /api/v1/lists/:id/accounts": EMPTY,
    "POST /api/v1/collections": ref("WrappedCollection"),
    "GET /api/v1/collections/:id": ref("CollectionWithAccounts"),
    "PATCH /api/v1/collections/:id": ref("WrappedCollection"),
    "DELETE /api/v1/collections/:id": EMPTY,
    "POST /api/v1/collections/:id/items": ref("WrappedCollectionItem"),
    "DELETE /api/v1/collections/:id/items/:item": EMPTY,
    "POST /api/v1/collections/:id/items/:item/revoke": EMPTY,
}

STATUSES: dict[str, Route] = {
    "POST /api/v1/statuses": _posted,
    "GET /api/v1/statuses": _STATUSES,
    "GET /api/v1/statuses/:id": _STATUS,
    "PUT /api/v1/statuses/:id": _STATUS,
    "DELETE /api/v1/statuses/:id": ref("DeletedStatus"),
    "GET /api/v1/statuses/:id/context": ref("Context"),
    "GET /api/v1/statuses/:id/history": array(ref("StatusEdit")),
    "GET /api/v1/statuses/:id/source": ref("StatusSource"),
    "GET /api/v1/statuses/:id/favourited_by": _ACCOUNTS,
    "GET /api/v1/statuses/:id/reblogged_by": _ACCOUNTS,
    "GET /api/v1/statuses/:id/quotes": _STATUSES,
    "POST /api/v1/statuses/:id/quotes/:quote/revoke": _STATUS,
    "PUT /api/v1/statuses/:id/interaction_policy": _STATUS,
    "POST /api/v1/statuses/:id/translate": ref("Translation"),
    **_deeds(
        "/api/v1/statuses/:id",
        "favourite unfavourite reblog unreblog bookmark unbookmark mute unmute pin unpin",
        _STATUS,
    ),
    "POST /api/v1/media": _media,
    "POST /api/v2/media": _media,
    "GET /api/v1/media/:id": _media,
    "PUT /api/v1/media/:id": _media,
    "DELETE /api/v1/media/:id": EMPTY,
    "GET /api/v1/polls/:id": ref("Poll"),
    "POST /api/v1/polls/:id/votes": ref("Poll"),
    "GET /api/v1/scheduled_statuses": array(ref("ScheduledStatus")),
    "GET /api/v1/scheduled_statuses/:id": ref("ScheduledStatus"),
    "PUT /api/v1/scheduled_statuses/:id": ref("ScheduledStatus"),
    "DELETE /api/v1/scheduled_statuses/:id": EMPTY,
    **_each(
        """GET /api/v1/timelines/home
        GET /api/v1/timelines/public
        GET /api/v1/timelines/direct
        GET /api/v1/timelines/link
        GET /api/v1/timelines/tag/:name
        GET /api/v1/timelines/list/:id
        GET /api/v1/trends/statuses""",
        _STATUSES,
    ),
    "GET /api/v1/trends": array(ref("Tag")),
    "GET /api/v1/trends/tags": array(ref("Tag")),
    "GET /api/v1/trends/links": array(ref("TrendingLink")),
    "GET /api/v1/conversations": array(ref("Conversation")),
    "POST /api/v1/conversations/:id/read": ref("Conversation"),
    "POST /api/v1/conversations/:id/unread": ref("Conversation"),
    "DELETE /api/v1/conversations/:id": EMPTY,
    "GET /api/v1/search": ref("SearchV1"),
    "GET /api/v2/search": ref("Search"),
    "GET /api/v1/markers": ref("Markers"),
    "POST /api/v1/markers": ref("Markers"),
    "GET /api/v1/filters": array(ref("FilterV1")),
    "POST /api/v1/filters": ref("FilterV1"),
    "GET /api/v1/filters/:id": ref("FilterV1"),
    "PUT /api/v1/filters/:id": ref("FilterV1"),
    "DELETE /api/v1/filters/:id": EMPTY,
    "GET /api/v2/filters": array(ref("Filter")),
    "POST /api/v2/filters": ref("Filter"),
    "GET /api/v2/filters/:id": ref("Filter"),
    "PUT /api/v2/filters/:id": ref("Filter"),
    "DELETE /api/v2/filters/:id": EMPTY,
    "GET /api/v2/filters/:id/keywords": array(ref("FilterKeyword")),
    "POST /api/v2/filters/:id/keywords": ref("FilterKeyword"),
    "GET /api/v2/filters/keywords/:id": ref("FilterKeyword"),
    "PUT /api/v2/filters/keywords/:id": ref("FilterKeyword"),
    "DELETE /api/v2/filters/keywords/:id": EMPTY,
    "GET /api/v2/filters/:id/statuses": array(ref("FilterStatus")),
    "POST /api/v2/filters/:id/statuses": ref("FilterStatus"),
    "GET /api/v2/filters/statuses/:id": ref("FilterStatus"),
    "DELETE /api/v2/filters/statuses/:id": EMPTY,
    "GET /api/v1_alpha/async_refreshes/:id": ref("AsyncRefresh"),
    "GET /api/oembed": ref("OEmbed"),
}

NOTIFICATIONS: dict[str, Route] = {
    "GET /api/v1/notifications": array(ref("Notification")),
    "GET /api/v1/notifications/:id": ref("Notification"),
    "POST /api/v1/notifications/clear": EMPTY,
    "POST /api/v2/notifications/clear": EMPTY,
    "POST /api/v1/notifications/dismiss": EMPTY,
    "POST /api/v1/notifications/:id/dismiss": EMPTY,
    "GET /api/v1/notifications/unread_count": ref("Count"),
    "GET /api/v1/notifications/policy": ref("NotificationPolicyV1"),
    "PUT /api/v1/notifications/policy": ref("NotificationPolicyV1"),
    "GET /api/v2/notifications/policy": ref("NotificationPolicy"),
    "PATCH /api/v2/notifications/policy": ref("NotificationPolicy"),
    "PUT /api/v2/notifications/policy": ref("NotificationPolicy"),
    "GET /api/v1/notifications/requests": array(ref("NotificationRequest")),
    "GET /api/v1/notifications/requests/merged": ref("Merged"),
    "GET /api/v1/notifications/requests/:id": ref("NotificationRequest"),
    "POST /api/v1/notifications/requests/accept": EMPTY,
    "POST /api/v1/notifications/requests/dismiss": EMPTY,
    "POST /api/v1/notifications/requests/:id/accept": EMPTY,
    "POST /api/v1/notifications/requests/:id/dismiss": EMPTY,
    "GET /api/v2/notifications": ref("GroupedNotificationsResults"),
    "GET /api/v2/notifications/unread_count": ref("Count"),
    "GET /api/v2/notifications/:group": ref("GroupedNotificationsResults"),
    "POST /api/v2/notifications/:group/dismiss": EMPTY,
    "GET /api/v2/notifications/:group/accounts": _ACCOUNTS,
    "GET /api/v1/push/subscription": ref("WebPushSubscription"),
    "POST /api/v1/push/subscription": ref("WebPushSubscription"),
    "PUT /api/v1/push/subscription": ref("WebPushSubscription"),
    "DELETE /api/v1/push/subscription": EMPTY,
    "GET /api/v1/announcements": array(ref("Announcement")),
    "POST /api/v1/announcements/:id/dismiss": EMPTY,
    "PUT /api/v1/announcements/:id/reactions/:name": EMPTY,
    "DELETE /api/v1/announcements/:id/reactions/:name": EMPTY,
    "GET /api/v1/annual_reports": ref("WrappedAnnualReports"),
    "GET /api/v1/annual_reports/:year": ref("WrappedAnnualReports"),
    "GET /api/v1/annual_reports/:year/state": thing({"state": TEXT}),
    "POST /api/v1/annual_reports/:year/read": EMPTY,
    "POST /api/v1/annual_reports/:year/generate": EMPTY,
}

INSTANCE: dict[str, Route] = {
    "GET /api/v1/instance": ref("InstanceV1"),
    "GET /api/v2/instance": ref("Instance"),
    "GET /api/v1/instance/peers": array(STRING),
    "GET /api/v1/instance/activity": array(ref("Activity")),
    "GET /api/v1/instance/rules": array(ref("Rule")),
    "GET /api/v1/instance/domain_blocks": array(ref("DomainBlock")),
    "GET /api/v1/instance/extended_description": ref("ExtendedDescription"),
    "GET /api/v1/instance/privacy_policy": ref("PrivacyPolicy"),
    "GET /api/v1/instance/terms_of_service": ref("TermsOfService"),
    "GET /api/v1/instance/terms_of_service/:date": ref("TermsOfService"),
    "GET /api/v1/instance/translation_languages": mapping(array(STRING)),
    "GET /api/v1/instance/languages": array(OBJECT),
    "GET /api/v1/custom_emojis": array(ref("CustomEmoji")),
    "POST /api/v1/apps": ref("CredentialApplication"),
    "GET /api/v1/apps/verify_credentials": ref("Application"),
    "POST /api/v1/emails/confirmations": EMPTY,
    "GET /api/v1/emails/check_confirmation": {"type": "boolean"},
    "POST /oauth/token": ref("Token"),
    "POST /oauth/revoke": EMPTY,
    "GET /oauth/userinfo": ref("UserInfo"),
    "POST /oauth/userinfo": ref("UserInfo"),
    "GET /.well-known/oauth-authorization-server": ref("OAuthServer"),
    "GET /.well-known/nodeinfo": ref("NodeInfoLinks"),
    "GET /nodeinfo/:version": ref("NodeInfo"),
}

_ADMIN_ACCOUNT, _ADMIN_REPORT = ref("Admin::Account"), ref("Admin::Report")


def _kept(path: str, entity: str, change: bool = False) -> dict[str, Route]:
    """A table that administrators keep: list, look, add, drop, and perhaps change."""
    one: dict[str, Route] = {
        f"GET {path}": array(ref(entity)),
        f"GET {path}/:id": ref(entity),
        f"POST {path}": ref(entity),
        f"DELETE {path}/:id": EMPTY,
    }
    return {**one, f"PUT {path}/:id": ref(entity)} if change else one


ADMIN: dict[str, Route] = {
    "GET /api/v1/admin/accounts": array(_ADMIN_ACCOUNT),
    "GET /api/v2/admin/accounts": array(_ADMIN_ACCOUNT),
    "GET /api/v1/admin/accounts/:id": _ADMIN_ACCOUNT,
    "DELETE /api/v1/admin/accounts/:id": _ADMIN_ACCOUNT,
    "POST /api/v1/admin/accounts/:id/action": EMPTY,
    **_deeds("/api/v1/admin/accounts/:id", "approve reject enable unsilence unsuspend unsensitive", _ADMIN_ACCOUNT),
    "GET /api/v1/admin/reports": array(_ADMIN_REPORT),
    "GET /api/v1/admin/reports/:id": _ADMIN_REPORT,
    "PUT /api/v1/admin/reports/:id": _ADMIN_REPORT,
    **_deeds("/api/v1/admin/reports/:id", "assign_to_self unassign resolve reopen", _ADMIN_REPORT),
    **_kept("/api/v1/admin/domain_blocks", "Admin::DomainBlock", change=True),
    **_kept("/api/v1/admin/domain_allows", "Admin::DomainAllow"),
    **_kept("/api/v1/admin/email_domain_blocks", "Admin::EmailDomainBlock"),
    **_kept("/api/v1/admin/canonical_email_blocks", "Admin::CanonicalEmailBlock"),
    "POST /api/v1/admin/canonical_email_blocks/test": array(ref("Admin::CanonicalEmailBlock")),
    **_kept("/api/v1/admin/ip_blocks", "Admin::IpBlock", change=True),
    "POST /api/v1/admin/measures": array(ref("Admin::Measure")),
    "POST /api/v1/admin/dimensions": array(ref("Admin::Dimension")),
    "POST /api/v1/admin/retention": array(ref("Admin::Cohort")),
    "GET /api/v1/admin/trends/tags": array(ref("Tag")),
    "GET /api/v1/admin/trends/statuses": _STATUSES,
    "GET /api/v1/admin/trends/links": array(ref("Admin::TrendingLink")),
    **_deeds("/api/v1/admin/trends/tags/:id", "approve reject", ref("Tag")),
    **_deeds("/api/v1/admin/trends/statuses/:id", "approve reject", _STATUS),
    **_deeds("/api/v1/admin/trends/links/:id", "approve reject", ref("Admin::TrendingLink")),
}

ROUTES: dict[str, Route] = {**ACCOUNTS, **STATUSES, **NOTIFICATIONS, **INSTANCE, **ADMIN}
