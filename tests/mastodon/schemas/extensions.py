"""Ours alone: endpoints that no Mastodon has, each declared with a word on what it is for (`Endpoint.extension`)."""

from tests.mastodon.schemas.kinds import (
    BOOL,
    COUNT,
    DATETIME,
    EMPTY,
    ID,
    NUMBER,
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

_DRAFT = thing({"id": ID, "updated_at": DATETIME, "params": OBJECT, "media_attachments": array(ref("MediaAttachment"))})
_ROLE = one_of("owner", "editor")
_KEPT = thing({"account": ref("Account"), "role": _ROLE, "is_own": BOOL, "is_current": BOOL})
_KEEPER = thing({"account": nullable(ref("Account")), "role": _ROLE, "is_named": BOOL, "is_own": BOOL})
_REACTION = thing({"name": TEXT, "count": COUNT, "me": BOOL}, {"url": URL, "static_url": URL})
_REACTED = array({"allOf": [_REACTION, thing({"accounts": array(ref("Account"))})]})
_REQUEST = thing(
    {"id": ID, "type": one_of("quote"), "created_at": DATETIME, "account": ref("Account"), "status": ref("Status"),
     "quote": ref("Status"), "accepted_at": nullable(DATETIME), "rejected_at": nullable(DATETIME)}
)  # fmt: skip

EXTENSIONS: dict[str, Schema] = {
    "GET /api/openapi.json": thing({"openapi": STRING, "paths": OBJECT}),
    "GET /api/v1/scattershot/drafts": array(_DRAFT),
    "POST /api/v1/scattershot/drafts": _DRAFT,
    "GET /api/v1/scattershot/drafts/:id": _DRAFT,
    "PUT /api/v1/scattershot/drafts/:id": _DRAFT,
    "DELETE /api/v1/scattershot/drafts/:id": EMPTY,
    "GET /api/v1/scattershot/microblogs": array(_KEPT),
    "GET /api/v1/scattershot/microblogs/:id/keepers": array(_KEEPER),
    "GET /api/v1/timelines/catch_up": array(ref("Status")),
    "GET /api/v1/timelines/catch_up/reasons": array(thing({"status_id": ID, "weight": NUMBER, "reasons": some(TEXT)})),
    "GET /api/v1/pleroma/statuses/:id/reactions": _REACTED,
    "GET /api/v1/pleroma/statuses/:id/reactions/:name": _REACTED,
    "PUT /api/v1/pleroma/statuses/:id/reactions/:name": ref("Status"),
    "DELETE /api/v1/pleroma/statuses/:id/reactions/:name": ref("Status"),
    "POST /api/v1/statuses/:id/react/:name": ref("Status"),
    "POST /api/v1/statuses/:id/unreact/:name": ref("Status"),
    "GET /api/v1/interaction_requests": array(_REQUEST),
    "GET /api/v1/interaction_requests/:id": _REQUEST,
    "POST /api/v1/interaction_requests/:id/authorize": _REQUEST,
    "POST /api/v1/interaction_requests/:id/reject": _REQUEST,
}
