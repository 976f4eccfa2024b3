"""Which entity each endpoint of the client API answers with, and `check`, which holds an answer against it."""

import json
import re
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

from tests.mastodon.schemas.entities import judge
from tests.mastodon.schemas.extensions import EXTENSIONS
from tests.mastodon.schemas.kinds import ID, STRING, Schema, ref
from tests.mastodon.schemas.routes import ROUTES

EVENTS: dict[str, Schema] = {
    "update": ref("Status"),
    "status.update": ref("Status"),
    "delete": ID,
    "notification": ref("Notification"),
    "conversation": ref("Conversation"),
    "announcement": ref("Announcement"),
    "announcement.reaction": {**ref("Reaction"), "required": ["announcement_id"]},
    "announcement.delete": ID,
    "filters_changed": {"enum": [None, "", "undefined"]},
    "notifications_merged": STRING,
}

_ASKED = ("GET", "POST", "PUT", "PATCH", "DELETE")
_OF_THE_API = re.compile(r"^/(api|oauth)(/|$)")
# The pages of the web's sign-in are no entities, and a stream has no end to be judged.
_NOT_JUDGED = re.compile(r"^/(oauth/authorize|api/v1/streaming)(/|$)")


def check(method: str, path: str, status: int, body: Any, signed_in: bool = False) -> None:
    """Hold an answer against the schema of what it claims to be; an AssertionError says what is wrong, and where.

    `path` may end in a query; `body` is bytes as they came, or JSON that was read already. `signed_in` says that a
    person asked, for whom posts have their flags. What is no part of the client API, and what has no body, passes.
    """
    bare = "/" + path.partition("?")[0].strip("/")
    if method not in _ASKED or 300 <= status < 400 or _NOT_JUDGED.match(bare):
        return
    known = _find(method, bare)
    if status >= 400:
        if _OF_THE_API.match(bare) or known:
            _hold(_judge_of_errors(), body, f"{method} {bare} -> {status}, which must be an Error")
        return
    if known is None:
        assert not _OF_THE_API.match(bare), (
            f"{method} {bare} -> {status}: no endpoint of the public documentation, nor of schemas/extensions.py"
        )
        return
    _hold(_judge_of_route(known, status, signed_in), body, f"{method} {bare} -> {status} ({known})")


def check_event(stream: list[str], event: str, payload: Any) -> None:
    """Hold what a stream sent against what such an event carries: `payload` is what was in the string, read as JSON.

    On a person's own streams posts have the flags that are theirs.
    """
    assert event in EVENTS, f"no stream has an event {event!r}"
    own = stream[0].partition(":")[0] in ("user", "list", "direct")
    _hold(_judge_of_event(event, own), payload, f"the event {event} of {stream}")


def is_known(method: str, path: str) -> bool:
    """Whether the documentation, or our list of extensions, has such an endpoint; `path` with or without its values."""
    return _find(method, "/" + path.partition("?")[0].strip("/")) is not None


@cache
def _patterns() -> list[tuple[str, re.Pattern[str], str]]:
    # Words before variables: /accounts/lookup is no account's id.
    names = sorted({**ROUTES, **EXTENSIONS}, key=lambda name: [part.startswith(":") for part in name.split("/")])
    parts = [(name, *name.split(" ", 1)) for name in names]
    return [(method, re.compile(re.sub(r":\w+", "[^/]+", path) + "$"), name) for name, method, path in parts]


@cache
def _find(method: str, path: str) -> str | None:
    # Rails takes either word for an update.
    verbs = ("PUT", "PATCH") if method in ("PUT", "PATCH") else (method,)
    return next((name for verb, pattern, name in _patterns() if verb in verbs and pattern.match(path)), None)


@cache
def _judge_of_route(name: str, status: int, signed_in: bool) -> Draft202012Validator:
    schemas: dict[str, Any] = {**ROUTES, **EXTENSIONS}
    schema = schemas[name]
    if callable(schema):
        schema = schema(status)
    return judge(schema, signed_in)


@cache
def _judge_of_event(event: str, signed_in: bool) -> Draft202012Validator:
    return judge(EVENTS[event], signed_in)


@cache
def _judge_of_errors() -> Draft202012Validator:
    return judge(ref("Error"))


def _hold(judge_of_it: Draft202012Validator, body: Any, what: str) -> None:
    value = _read(body, what)
    if not judge_of_it.is_valid(value):
        raise AssertionError(f"{what}\n{_told(best_match(judge_of_it.iter_errors(value)))}")


def _read(body: Any, what: str) -> Any:
    if not isinstance(body, bytes | bytearray | memoryview):
        return body
    try:
        return json.loads(bytes(body))
    except ValueError as error:
        raise AssertionError(f"{what}: no JSON ({error}): {bytes(body)[:200]!r}") from error


def _told(error: ValidationError) -> str:
    where = error.json_path
    seen = json.dumps(error.instance, ensure_ascii=False, default=str)
    return f"  at {where}: {error.message[:300]}\n  in {seen[:300]}"
