"""Every entity of the client API's public documentation (4.5 and 4.6) by its name, and judges that know them all."""

from functools import cache

from jsonschema import Draft202012Validator

from tests.mastodon.schemas.kinds import Schema
from tests.mastodon.schemas.node import ADMIN, NODE
from tests.mastodon.schemas.notices import NOTICES
from tests.mastodon.schemas.people import PEOPLE
from tests.mastodon.schemas.posts import POSTS, VIEWER_FLAGS

# What the node does not say rightly yet, by entity and field; for the length of the building. Empty when all is built.
AWAITED: dict[str, tuple[str, ...]] = {
    "Instance": ("source_url",),
}


def _without_what_is_awaited(name: str, schema: Schema) -> Schema:
    fields = AWAITED.get(name, ())
    if not fields:
        return schema
    required = [field for field in schema["required"] if field not in fields]
    return {
        **schema,
        "required": required,
        "properties": {k: v for k, v in schema["properties"].items() if k not in fields},
    }


ENTITIES: dict[str, Schema] = {
    name: _without_what_is_awaited(name, schema)
    for name, schema in {**PEOPLE, **POSTS, **NOTICES, **NODE, **ADMIN}.items()
}


def _with_viewer_flags(status: Schema) -> Schema:
    return {**status, "required": [*status["required"], *VIEWER_FLAGS]}


# What a person who is signed in gets: each post says whether they liked it.
SIGNED_IN = {**ENTITIES, "Status": _with_viewer_flags(ENTITIES["Status"])}


def judge(schema: Schema, signed_in: bool = False) -> Draft202012Validator:
    """Who says whether something is of that schema, in which entities are named by `ref`."""
    return Draft202012Validator({**schema, "$defs": SIGNED_IN if signed_in else ENTITIES})


@cache
def judge_of(name: str, signed_in: bool = False) -> Draft202012Validator:
    """Who says whether something is that entity."""
    return judge({"$ref": f"#/$defs/{name}"}, signed_in)
