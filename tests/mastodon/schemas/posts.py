"""Entities about posts: the Status and all that hangs on it, filters, searches, translations."""

from tests.mastodon.schemas.kinds import (
    BOOL,
    COUNT,
    DATETIME,
    DIGITS,
    ID,
    INT,
    LANGUAGE,
    NUMBER,
    STRING,
    TEXT,
    URI,
    URL,
    Schema,
    also,
    array,
    nullable,
    one_of,
    ref,
    some,
    thing,
)
from tests.mastodon.schemas.people import VISIBILITY

MENTION = thing({"id": ID, "username": TEXT, "url": URL, "acct": TEXT})
HISTORY = array(thing({"day": DIGITS, "uses": DIGITS, "accounts": DIGITS}))
EMOJI = thing(
    {"shortcode": TEXT, "url": URL, "static_url": URL, "visible_in_picker": BOOL}, {"category": nullable(STRING)}
)

_STATUS = {
    "id": ID,
    "uri": URI,
    "created_at": DATETIME,
    "edited_at": nullable(DATETIME),
    "account": ref("Account"),
    "visibility": VISIBILITY,
    "sensitive": BOOL,
    "spoiler_text": STRING,
    "media_attachments": array(ref("MediaAttachment")),
    "mentions": array(ref("Mention")),
    "tags": array(thing({"name": TEXT, "url": URL})),
    "emojis": array(ref("CustomEmoji")),
    "reblogs_count": COUNT,
    "favourites_count": COUNT,
    "replies_count": COUNT,
    "quotes_count": COUNT,
    "url": nullable(URL),
    "in_reply_to_id": nullable(ID),
    "in_reply_to_account_id": nullable(ID),
    "reblog": nullable(ref("Status")),
    "poll": nullable(ref("Poll")),
    "card": nullable(ref("PreviewCard")),
    "language": nullable(LANGUAGE),
    "quote": nullable({"anyOf": [ref("Quote"), ref("ShallowQuote")]}),
    "quote_approval": ref("QuoteApproval"),
}
# What is there only for a person, and then must be.
VIEWER_FLAGS: dict[str, Schema] = {"favourited": BOOL, "reblogged": BOOL, "muted": BOOL, "bookmarked": BOOL}
_STATUS_OPTIONAL = {
    "application": nullable(ref("StatusApplication")),
    "pinned": BOOL,
    "filtered": array(ref("FilterResult")),
    "text": nullable(STRING),
    **VIEWER_FLAGS,
}

QUOTE_STATES = ("pending", "accepted", "rejected", "revoked", "deleted", "unauthorized")
HIDDEN_QUOTES = ("blocked_account", "blocked_domain", "muted_account")
_QUOTE_STATE = one_of(*QUOTE_STATES, *HIDDEN_QUOTES)
_SHOWN = {"properties": {"state": one_of("accepted", *HIDDEN_QUOTES)}}

_APPROVERS = array(one_of("public", "followers", "following", "unsupported_policy"))

MEDIA_KIND = one_of("unknown", "image", "gifv", "video", "audio")
_SIZE = thing({}, {"width": INT, "height": INT, "size": STRING, "aspect": NUMBER})
_PLAYED = {"frame_rate": STRING, "duration": NUMBER, "bitrate": INT}
_META = thing(
    {},
    {
        "original": {"allOf": [_SIZE, thing({}, _PLAYED)]},
        "small": _SIZE,
        "focus": thing(
            {"x": {"type": "number", "minimum": -1, "maximum": 1}, "y": {"type": "number", "minimum": -1, "maximum": 1}}
        ),
    },
)
_MEDIA = {
    "id": ID,
    "type": MEDIA_KIND,
    "preview_url": nullable(URL),
    "remote_url": nullable(URL),
    "meta": _META,
    "description": nullable(STRING),
    "blurhash": nullable(STRING),
}

_POLL_OPTION = thing({"title": STRING, "votes_count": nullable(COUNT)})
POLL = thing(
    {
        "id": ID,
        "expires_at": nullable(DATETIME),
        "expired": BOOL,
        "multiple": BOOL,
        "votes_count": COUNT,
        "voters_count": nullable(COUNT),
        "options": some(_POLL_OPTION),
        "emojis": array(ref("CustomEmoji")),
    },
    {"voted": BOOL, "own_votes": array(COUNT)},
)

_MAYBE_URL = {"anyOf": [URL, {"const": ""}]}
PREVIEW_CARD = thing(
    {
        "url": URL,
        "title": STRING,
        "description": STRING,
        "type": one_of("link", "photo", "video", "rich"),
        "authors": array(thing({"name": STRING, "url": _MAYBE_URL, "account": nullable(ref("Account"))})),
        "author_name": STRING,
        "author_url": _MAYBE_URL,
        "provider_name": STRING,
        "provider_url": _MAYBE_URL,
        "html": STRING,
        "width": COUNT,
        "height": COUNT,
        "image": nullable(URL),
        "embed_url": _MAYBE_URL,
        "blurhash": nullable(STRING),
    },
    {
        "language": nullable(LANGUAGE),
        "published_at": nullable(DATETIME),
        "image_description": STRING,
        "history": HISTORY,
    },
)

STATUS_EDIT = thing(
    {
        "content": STRING,
        "spoiler_text": STRING,
        "sensitive": BOOL,
        "created_at": DATETIME,
        "account": ref("Account"),
        "media_attachments": array(ref("MediaAttachment")),
        "emojis": array(ref("CustomEmoji")),
    },
    {
        "poll": thing({"options": some(thing({"title": STRING}))}),
        "quote": nullable({"anyOf": [ref("Quote"), ref("ShallowQuote")]}),
    },
)

_SCHEDULED_PARAMS = thing(
    {"text": nullable(STRING), "visibility": nullable(VISIBILITY), "scheduled_at": nullable(DATETIME)},
    {
        "media_ids": nullable(array(ID)),
        "sensitive": nullable(BOOL),
        "spoiler_text": nullable(STRING),
        # What a post answers is named by an integer here, as entities/ScheduledStatus says.
        "in_reply_to_id": nullable({"anyOf": [ID, INT]}),
        "language": nullable(STRING),
        "application_id": nullable({"type": ["string", "integer"]}),
        "idempotency": nullable(STRING),
        "with_rate_limit": BOOL,
        "quoted_status_id": nullable(ID),
        "quote_approval_policy": nullable(STRING),
        "poll": nullable(
            thing(
                {"options": some(STRING)},
                {
                    "expires_in": {"type": ["string", "integer"]},
                    "multiple": nullable(BOOL),
                    "hide_totals": nullable(BOOL),
                },
            )
        ),
    },
)

_CONTEXTS = some(one_of("home", "notifications", "public", "thread", "account"))
_FILTER = {
    "id": ID,
    "title": STRING,
    "context": _CONTEXTS,
    "expires_at": nullable(DATETIME),
    "filter_action": one_of("warn", "hide", "blur"),
}
_KEYWORDS = {"keywords": array(ref("FilterKeyword")), "statuses": array(ref("FilterStatus"))}

POSTS: dict[str, Schema] = {
    "Status": thing({**_STATUS, "content": STRING}, _STATUS_OPTIONAL),
    # Deleted: "text" instead of "content", for the person to write it anew.
    "DeletedStatus": thing({**_STATUS, "text": STRING}, {**_STATUS_OPTIONAL, "content": STRING}),
    "Mention": MENTION,
    "StatusApplication": thing({"name": TEXT, "website": nullable(URL)}),
    "CustomEmoji": EMOJI,
    "MediaAttachment": thing({**_MEDIA, "url": URL}, {"preview_remote_url": nullable(URL)}),
    "ProcessingMediaAttachment": thing({**_MEDIA, "url": {"type": "null"}}),
    "Poll": POLL,
    "PreviewCard": PREVIEW_CARD,
    "TrendingLink": also("PreviewCard", {"history": HISTORY}),
    "Quote": {
        **thing({"state": _QUOTE_STATE, "quoted_status": nullable(ref("Status"))}),
        "if": _SHOWN,
        "then": {"properties": {"quoted_status": ref("Status")}},
    },
    "ShallowQuote": thing({"state": _QUOTE_STATE, "quoted_status_id": nullable(ID)}),
    "QuoteApproval": thing(
        {
            "automatic": _APPROVERS,
            "manual": _APPROVERS,
            "current_user": one_of("automatic", "manual", "denied", "unknown"),
        }
    ),
    "StatusEdit": STATUS_EDIT,
    "StatusSource": thing({"id": ID, "text": STRING, "spoiler_text": STRING}),
    "ScheduledStatus": thing(
        {
            "id": ID,
            "scheduled_at": DATETIME,
            "params": _SCHEDULED_PARAMS,
            "media_attachments": array(ref("MediaAttachment")),
        }
    ),
    "Context": thing({"ancestors": array(ref("Status")), "descendants": array(ref("Status"))}),
    "Tag": thing(
        {"name": TEXT, "url": URL, "history": HISTORY},
        # The id is "not guaranteed to be a number", and a tag's name is one.
        {"id": TEXT, "following": BOOL, "featuring": BOOL, "trendable": BOOL, "usable": BOOL, "requires_review": BOOL},
    ),
    "Filter": thing({**_FILTER, **_KEYWORDS}),
    "FilterKeyword": thing({"id": ID, "keyword": STRING, "whole_word": BOOL}),
    "FilterStatus": thing({"id": ID, "status_id": ID}),
    "FilterResult": thing(
        {
            "filter": thing(_FILTER, _KEYWORDS),
            "keyword_matches": nullable(array(STRING)),
            "status_matches": nullable(array(ID)),
        }
    ),
    "FilterV1": thing(
        {
            "id": ID,
            "phrase": STRING,
            "context": _CONTEXTS,
            "whole_word": BOOL,
            "expires_at": nullable(DATETIME),
            "irreversible": BOOL,
        }
    ),
    "Search": thing(
        {"accounts": array(ref("Account")), "statuses": array(ref("Status")), "hashtags": array(ref("Tag"))},
        {"collections": array(ref("Collection"))},
    ),
    "SearchV1": thing({"accounts": array(ref("Account")), "statuses": array(ref("Status")), "hashtags": array(STRING)}),
    "Translation": thing(
        {
            "content": STRING,
            "spoiler_text": STRING,
            "poll": nullable(thing({"id": ID, "options": array(thing({"title": STRING}))})),
            "media_attachments": array(thing({"id": ID, "description": nullable(STRING)})),
            "detected_source_language": nullable(LANGUAGE),
            "provider": STRING,
        },
        {"language": LANGUAGE},
    ),
    "Conversation": thing(
        {"id": ID, "unread": BOOL, "accounts": array(ref("Account")), "last_status": nullable(ref("Status"))}
    ),
}
