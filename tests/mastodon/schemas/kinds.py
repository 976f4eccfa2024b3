"""The words our schemas are written in: small functions that make JSON Schema (draft 2020-12).

Schemas are open: a field that no document names is nobody's business. A field that is named is there, and null only
where the documentation says so: apps in Swift and Kotlin drop a whole timeline for one missing field.
"""

from typing import Any

Schema = dict[str, Any]

STRING: Schema = {"type": "string"}
TEXT: Schema = {"type": "string", "pattern": r"\S"}
BOOL: Schema = {"type": "boolean"}
INT: Schema = {"type": "integer"}
COUNT: Schema = {"type": "integer", "minimum": 0}
NUMBER: Schema = {"type": "number"}
ANY: Schema = {}
OBJECT: Schema = {"type": "object"}
EMPTY: Schema = {"type": "object", "maxProperties": 0}
# Longer ids are newer ids, so no zero leads.
ID: Schema = {"type": "string", "pattern": r"^(0|[1-9][0-9]*)$"}
# Numbers in strings, as Mastodon sends them: the counts of trends, the permissions of a role.
DIGITS: Schema = {"type": "string", "pattern": r"^-?[0-9]+$"}
# docs: api/datetime-format. toot parses with "%f" and fails where the fraction is missing.
DATETIME: Schema = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"}
DATE: Schema = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"}
URL: Schema = {"type": "string", "pattern": r"^https?://[^/\s]+\S*$"}
SOCKET_URL: Schema = {"type": "string", "pattern": r"^wss?://[^/\s]+\S*$"}
# What federation calls a thing: any scheme, for not every protocol speaks https.
URI: Schema = {"type": "string", "pattern": r"^[A-Za-z][A-Za-z0-9+.-]*:\S+$"}
LANGUAGE: Schema = {"type": "string", "pattern": r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"}
COLOUR: Schema = {"type": "string", "pattern": r"^(#[0-9A-Fa-f]{3,8})?$"}


def ref(name: str) -> Schema:
    """An entity by its name, which `entities.ENTITIES` must hold; so that entities may hold each other."""
    return {"$ref": f"#/$defs/{name}"}


def array(of: Schema) -> Schema:
    """A list, possibly empty."""
    return {"type": "array", "items": of}


def some(of: Schema) -> Schema:
    """A list that is never empty."""
    return {**array(of), "minItems": 1}


def nullable(schema: Schema) -> Schema:
    """It, or null: the field is there all the same."""
    if isinstance(schema.get("type"), str) and "enum" not in schema:
        return {**schema, "type": [schema["type"], "null"]}
    # Not `anyOf`: of what is not null, this tells what is wrong with it.
    return {"if": {"type": "null"}, "else": schema}


def one_of(*words: str) -> Schema:
    """One of these words; a Swift enumeration cannot read another."""
    return {"type": "string", "enum": list(words)}


def thing(fields: dict[str, Schema], optional: dict[str, Schema] | None = None) -> Schema:
    """An object in which `fields` must be and `optional` may be."""
    return {"type": "object", "required": list(fields), "properties": {**fields, **(optional or {})}}


def also(name: str, fields: dict[str, Schema], optional: dict[str, Schema] | None = None) -> Schema:
    """A named entity with more to it."""
    return {"allOf": [ref(name), thing(fields, optional)]}


def mapping(to: Schema) -> Schema:
    """An object whose keys are data."""
    return {"type": "object", "additionalProperties": to}
