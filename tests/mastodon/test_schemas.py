"""The judges judged: what the documentation allows passes, and what breaks an app is named, with its place."""

import copy
import json
import time
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.mastodon.route_schemas import EVENTS, EXTENSIONS, check, check_event, is_known
from tests.mastodon.schemas.entities import ENTITIES
from tests.mastodon.schemas.routes import ROUTES

ACCOUNT: dict[str, Any] = {
    "id": "23634", "username": "ann", "acct": "ann@a.example", "url": "https://a.example/@ann",
    "uri": "https://a.example/people/ann", "display_name": "Ann", "note": "<p>Hello</p>",
    "avatar": "https://a.example/a.png", "avatar_static": "https://a.example/a.png",
    "header": "https://a.example/h.png", "header_static": "https://a.example/h.png", "locked": False, "emojis": [],
    "fields": [{"name": "Site", "value": "<a>", "verified_at": None}], "bot": False, "group": False,
    "discoverable": None, "indexable": False, "hide_collections": None, "created_at": "2026-01-01T00:00:00.000Z",
    "last_status_at": "2026-02-03", "statuses_count": 3, "followers_count": 0, "following_count": 1,
}  # fmt: skip
STATUS: dict[str, Any] = {
    "id": "103270115826048975", "uri": "https://a.example/posts/1", "created_at": "2026-02-03T04:05:06.789Z",
    "edited_at": None, "account": ACCOUNT, "content": "<p>Hello</p>", "visibility": "public", "sensitive": False,
    "spoiler_text": "", "media_attachments": [], "mentions": [], "tags": [], "emojis": [], "reblogs_count": 0,
    "favourites_count": 0, "replies_count": 0, "quotes_count": 0, "url": "https://a.example/@ann/1",
    "in_reply_to_id": None, "in_reply_to_account_id": None, "reblog": None, "poll": None, "card": None,
    "language": "en", "quote": None,
    "quote_approval": {"automatic": ["public"], "manual": [], "current_user": "denied"},
}  # fmt: skip
FLAGS = {"favourited": False, "reblogged": False, "muted": False, "bookmarked": False}


def _with(thing: dict[str, Any], **other: Any) -> dict[str, Any]:
    return {**copy.deepcopy(thing), **other}


def _without(thing: dict[str, Any], field: str) -> dict[str, Any]:
    return {name: value for name, value in thing.items() if name != field}


def test_every_schema_is_json_schema_and_names_only_entities_there_are() -> None:
    Draft202012Validator.check_schema({"$defs": ENTITIES})
    text = json.dumps([ENTITIES, [route if not callable(route) else route(200) for route in ROUTES.values()], EVENTS])
    named = {piece.split('"')[0] for piece in text.split("#/$defs/")[1:]}
    assert named - set(ENTITIES) == set()


def test_no_endpoint_of_ours_alone_is_one_of_mastodons() -> None:
    assert set(EXTENSIONS) & set(ROUTES) == set()


def test_what_the_documentation_allows_passes() -> None:
    check("GET", "/api/v1/statuses/1", 200, json.dumps(STATUS).encode())
    check("GET", "/api/v1/timelines/home?limit=2", 200, [STATUS, _with(STATUS, reblog=STATUS)])
    check("GET", "/api/v1/timelines/home/", 200, [_with(STATUS, **FLAGS, filtered=[])], signed_in=True)
    check("GET", "/api/v1/accounts/1", 200, _with(ACCOUNT, moved=ACCOUNT, something_of_ours={"a": 1}))
    check("DELETE", "/api/v1/lists/3", 200, b"{}")


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (_without(STATUS, "emojis"), "'emojis' is a required property"),
        (_with(STATUS, language=""), "at $.language"),
        (_with(STATUS, id=103270115826048975), "at $.id"),
        (_with(STATUS, id="post-1"), "at $.id"),
        (_with(STATUS, created_at="2026-02-03T04:05:06Z"), "at $.created_at"),
        (_with(STATUS, created_at="2026-02-03T04:05:06.789123+00:00"), "at $.created_at"),
        (_with(STATUS, visibility="local"), "at $.visibility"),
        (_with(STATUS, url="/@ann/1"), "at $.url"),
        (_with(STATUS, account=_with(ACCOUNT, avatar=None)), "at $.account.avatar"),
        (_with(STATUS, account=_with(ACCOUNT, last_status_at=STATUS["created_at"])), "at $.account.last_status_at"),
        (_with(STATUS, reblog=_without(STATUS, "account")), "'account' is a required property"),
        (_with(STATUS, quote={"state": "accepted", "quoted_status": None}), "$.quote"),
    ],
)  # fmt: skip
def test_what_breaks_an_app_is_named_with_its_place(status: dict[str, Any], told: str) -> None:
    with pytest.raises(AssertionError) as raised:
        check("GET", "/api/v1/statuses/1", 200, status)
    assert told in str(raised.value)


def test_a_person_who_is_signed_in_is_told_what_they_liked() -> None:
    with pytest.raises(AssertionError, match="favourited"):
        check("GET", "/api/v1/timelines/home", 200, [STATUS], signed_in=True)
    with pytest.raises(AssertionError, match="favourited"):
        check("GET", "/api/v1/timelines/home", 200, [_with(STATUS, **FLAGS, reblog=STATUS)], signed_in=True)


def test_an_error_has_the_shape_of_errors() -> None:
    check("GET", "/api/v1/statuses/1", 404, {"error": "Record not found"})
    check("GET", "/api/v1/no_such_thing", 404, {"error": "Not found"})
    check("POST", "/oauth/token", 401, {"error": "invalid_client", "error_description": "Not known here."})
    for body in (b"", b"Not found", b"[]", {"detail": "no"}, {"error": None}, {"error": {"message": "no"}}):
        with pytest.raises(AssertionError, match="Error"):
            check("GET", "/api/v1/statuses/1", 404, body)


def test_an_answer_of_an_endpoint_that_nobody_described_is_refused() -> None:
    with pytest.raises(AssertionError, match="no endpoint"):
        check("GET", "/api/v1/no_such_thing", 200, {})
    check("GET", "/@ann", 200, b"<!doctype html>")
    check("GET", "/oauth/authorize?client_id=1", 200, b"<!doctype html>")


def test_words_come_before_variables() -> None:
    with pytest.raises(AssertionError, match=r"GET /api/v1/accounts/relationships\)"):
        check("GET", "/api/v1/accounts/relationships", 200, ACCOUNT)
    assert is_known("POST", "/api/v2/filters/3/keywords")
    assert is_known("PATCH", "/api/v2/filters/3")
    assert not is_known("PATCH", "/api/v2/filters/3/keywords")


def test_media_has_no_address_until_it_is_ready() -> None:
    media = {
        "id": "1", "type": "video", "url": None, "preview_url": None, "remote_url": None, "meta": {},
        "description": None, "blurhash": None,
    }  # fmt: skip
    check("POST", "/api/v2/media", 202, media)
    check("GET", "/api/v1/media/1", 206, media)
    check("GET", "/api/v1/media/1", 200, _with(media, url="https://a.example/1.mp4"))
    with pytest.raises(AssertionError, match=r"\$\.url"):
        check("GET", "/api/v1/media/1", 200, media)


def test_a_notification_about_a_post_holds_it() -> None:
    note = {
        "id": "1",
        "type": "mention",
        "created_at": "2026-02-03T04:05:06.789Z",
        "account": ACCOUNT,
        "group_key": "u-1",
    }
    check("GET", "/api/v1/notifications", 200, [_with(note, status=STATUS), _with(note, type="follow")])
    with pytest.raises(AssertionError, match="'status' is a required property"):
        check("GET", "/api/v1/notifications", 200, [note])


def test_a_group_names_its_newest_notification_by_a_number() -> None:
    group = {
        "group_key": "favourite-1", "notifications_count": 2, "type": "favourite", "most_recent_notification_id": 12,
        "sample_account_ids": ["23634"], "status_id": "1",
    }  # fmt: skip
    results = {"accounts": [ACCOUNT], "statuses": [STATUS], "notification_groups": [group]}
    check("GET", "/api/v2/notifications", 200, results)
    with pytest.raises(AssertionError, match="most_recent_notification_id"):
        check(
            "GET",
            "/api/v2/notifications",
            200,
            _with(results, notification_groups=[_with(group, most_recent_notification_id="12")]),
        )


def test_what_streams_carry_is_judged_too() -> None:
    check_event(["user"], "update", _with(STATUS, **FLAGS))
    check_event(["public:local"], "update", STATUS)
    check_event(["user"], "delete", "12")
    check_event(["user"], "filters_changed", None)
    with pytest.raises(AssertionError):
        check_event(["user"], "update", STATUS)
    with pytest.raises(AssertionError):
        check_event(["user"], "delete", 12)
    with pytest.raises(AssertionError, match="no stream"):
        check_event(["user"], "updated", STATUS)


def test_judging_costs_little_beside_a_request() -> None:
    page = [_with(STATUS, **FLAGS, id=str(100 + number)) for number in range(40)]
    check("GET", "/api/v1/timelines/home", 200, page, signed_in=True)
    began = time.perf_counter()
    check("GET", "/api/v1/timelines/home", 200, page, signed_in=True)
    took = time.perf_counter() - began
    assert took < 0.5, f"{took:.3f} s for forty posts"
