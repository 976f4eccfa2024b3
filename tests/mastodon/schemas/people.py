"""Entities about people: accounts, relationships, profiles, lists, suggestions, markers, preferences."""

from tests.mastodon.schemas.kinds import (
    BOOL,
    COLOUR,
    COUNT,
    DATE,
    DATETIME,
    DIGITS,
    ID,
    LANGUAGE,
    STRING,
    TEXT,
    URI,
    URL,
    Schema,
    also,
    array,
    mapping,
    nullable,
    one_of,
    ref,
    some,
    thing,
)

VISIBILITY = one_of("public", "unlisted", "private", "direct")
QUOTE_POLICY = one_of("public", "followers", "nobody")

FIELD = thing({"name": STRING, "value": STRING, "verified_at": nullable(DATETIME)})
ROLE = thing({"id": DIGITS, "name": STRING, "permissions": DIGITS, "color": COLOUR, "highlighted": BOOL})

ACCOUNT = thing(
    {
        "id": ID,
        "username": TEXT,
        "acct": {"type": "string", "pattern": r"^[^@\s]+(@[^@\s]+)?$"},
        "url": URL,
        "uri": URI,
        "display_name": STRING,
        "note": STRING,
        "avatar": URL,
        "avatar_static": URL,
        "header": URL,
        "header_static": URL,
        "locked": BOOL,
        "fields": array(FIELD),
        "emojis": array(ref("CustomEmoji")),
        "bot": BOOL,
        "group": BOOL,
        "discoverable": nullable(BOOL),
        "indexable": BOOL,
        "hide_collections": nullable(BOOL),
        "created_at": DATETIME,
        "last_status_at": nullable(DATE),
        "statuses_count": COUNT,
        "followers_count": COUNT,
        "following_count": COUNT,
    },
    {
        "noindex": nullable(BOOL),
        "moved": nullable(ref("Account")),
        "suspended": BOOL,
        "limited": nullable(BOOL),
        "memorial": nullable(BOOL),
        "roles": array(thing({"id": DIGITS, "name": STRING, "color": COLOUR})),
        # 4.6
        "avatar_description": STRING,
        "header_description": STRING,
        "show_media": BOOL,
        "show_media_replies": BOOL,
        "show_featured": BOOL,
        "feature_approval": ref("FeatureApproval"),
    },
)

SOURCE = thing(
    {
        "note": STRING,
        "fields": array(FIELD),
        "privacy": VISIBILITY,
        "sensitive": BOOL,
        "language": nullable({"anyOf": [LANGUAGE, {"const": ""}]}),
        "follow_requests_count": COUNT,
        "hide_collections": nullable(BOOL),
        "discoverable": nullable(BOOL),
        "indexable": BOOL,
        "attribution_domains": array(STRING),
        "quote_policy": QUOTE_POLICY,
    }
)

RELATIONSHIP = thing(
    {
        "id": ID,
        "following": BOOL,
        "showing_reblogs": BOOL,
        "notifying": BOOL,
        "languages": nullable(array(LANGUAGE)),
        "followed_by": BOOL,
        "blocking": BOOL,
        "blocked_by": BOOL,
        "muting": BOOL,
        "muting_notifications": BOOL,
        "requested": BOOL,
        "requested_by": BOOL,
        "domain_blocking": BOOL,
        "endorsed": BOOL,
        "note": STRING,
    },
    {"muting_expires_at": nullable(DATETIME)},
)

PROFILE = thing(
    {
        "id": ID,
        "display_name": STRING,
        "note": STRING,
        "fields": array(FIELD),
        "avatar": nullable(URL),
        "avatar_static": nullable(URL),
        "avatar_description": STRING,
        "header": nullable(URL),
        "header_static": nullable(URL),
        "header_description": STRING,
        "locked": BOOL,
        "bot": BOOL,
        "hide_collections": nullable(BOOL),
        "discoverable": nullable(BOOL),
        "indexable": BOOL,
        "show_media": BOOL,
        "show_media_replies": BOOL,
        "show_featured": BOOL,
        "attribution_domains": array(STRING),
        "featured_tags": array(ref("FeaturedTag")),
    }
)

PARTIAL_ACCOUNT = thing(
    {"id": ID, "acct": TEXT, "url": URL, "avatar": URL, "avatar_static": URL, "locked": BOOL, "bot": BOOL}
)

LIST = thing({"id": ID, "title": STRING, "replies_policy": one_of("followed", "list", "none"), "exclusive": BOOL})

FEATURED_TAG = thing(
    # The count is a string in the examples of entities/Profile and in apps, if not in entities/FeaturedTag.
    {"id": ID, "name": TEXT, "url": URL, "statuses_count": DIGITS, "last_status_at": nullable(DATE)}
)

SUGGESTION = thing(
    {
        "source": one_of("staff", "past_interactions", "global"),
        "sources": some(
            one_of(
                "featured", "most_followed", "most_interactions", "similar_to_recently_followed", "friends_of_friends"
            )
        ),
        "account": ref("Account"),
    }
)

PREFERENCES = thing(
    {
        "posting:default:visibility": VISIBILITY,
        "posting:default:sensitive": BOOL,
        "posting:default:language": nullable(LANGUAGE),
        "reading:expand:media": one_of("default", "show_all", "hide_all"),
        "reading:expand:spoilers": BOOL,
    },
    {"posting:default:quote_policy": QUOTE_POLICY, "reading:autoplay:gifs": BOOL},
)

COLLECTION_ITEM = thing(
    {"id": ID, "state": one_of("accepted", "pending", "rejected", "revoked"), "created_at": DATETIME},
    {"account_id": nullable(ID)},
)
COLLECTION = thing(
    {
        "id": ID,
        "account_id": ID,
        "uri": URI,
        "url": nullable(URL),
        "name": STRING,
        "description": STRING,
        "language": nullable(LANGUAGE),
        "local": BOOL,
        "sensitive": BOOL,
        "discoverable": BOOL,
        "tag": nullable(thing({"name": STRING, "url": URL})),
        "item_count": COUNT,
        "items": array(ref("CollectionItem")),
        "created_at": DATETIME,
        "updated_at": DATETIME,
    }
)

_APPROVERS = array(one_of("public", "followers", "following", "unsupported_policy"))
_FOR_THE_READER = one_of("automatic", "manual", "denied", "unknown", "missing")

PEOPLE: dict[str, Schema] = {
    "Account": ACCOUNT,
    "Field": FIELD,
    "Role": ROLE,
    "CredentialAccount": also("Account", {"source": SOURCE, "role": ref("Role")}),
    "MutedAccount": also("Account", {"mute_expires_at": nullable(DATETIME)}),
    "PartialAccountWithAvatar": PARTIAL_ACCOUNT,
    "FeatureApproval": thing({"automatic": _APPROVERS, "manual": _APPROVERS, "current_user": _FOR_THE_READER}),
    "Profile": PROFILE,
    "Relationship": RELATIONSHIP,
    "FamiliarFollowers": thing({"id": ID, "accounts": array(ref("Account"))}),
    "FeaturedTag": FEATURED_TAG,
    "List": LIST,
    "Suggestion": SUGGESTION,
    "Preferences": PREFERENCES,
    "Marker": thing({"last_read_id": ID, "version": COUNT, "updated_at": DATETIME}),
    "Markers": {**mapping(ref("Marker")), "propertyNames": one_of("home", "notifications")},
    "Collection": COLLECTION,
    "CollectionItem": COLLECTION_ITEM,
    "WrappedCollection": thing({"collection": ref("Collection")}),
    "WrappedCollectionItem": thing({"collection_item": ref("CollectionItem")}),
    "CollectionWithAccounts": thing({"accounts": array(ref("Account")), "collection": ref("Collection")}),
    "Collections": thing({"collections": array(ref("Collection"))}),
}
