"""Our own OpenAPI document (3.1), made from the endpoints as they are declared."""

from collections.abc import Sequence
from typing import Any, get_args, get_origin

import msgspec
from msgspec import Struct

from scattershot import __version__
from scattershot.frontends.mastodon_api.endpoints import Endpoint, Who
from scattershot.frontends.mastodon_api.params import Nothing

_REFERENCE = "#/components/schemas/{name}"
_ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {"error": {"type": "string"}, "error_description": {"type": "string"}, "details": {}},
}


def document(endpoints: Sequence[Endpoint], origin: str) -> dict[str, Any]:
    """The whole document."""
    entities = {kind for each in endpoints if (kind := _entity(each.answers)) is not None}
    schemas: dict[str, Any] = {"Error": _ERROR}
    if entities:
        schemas |= msgspec.json.schema_components(tuple(entities), ref_template=_REFERENCE)[1]
    paths: dict[str, Any] = {}
    for each in endpoints:
        paths.setdefault(each.path, {})[each.method.lower()] = _operation(each)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Scattershot's client API",
            "version": __version__,
            "description": "The Mastodon client API as this node answers it.",
        },
        "servers": [{"url": origin}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _entity(answers: Any) -> type[Struct] | None:
    kind = get_args(answers)[0] if get_origin(answers) is list else answers
    return kind if isinstance(kind, type) and issubclass(kind, Struct) else None


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    names = [word[1:-1] for word in endpoint.path.split("/") if word.startswith("{")]
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names
    ]
    operation: dict[str, Any] = {
        "operationId": f"{endpoint.method.lower()}{endpoint.path.replace('/', '_').replace('{', '').replace('}', '')}",
        "tags": [endpoint.path.split("/")[3] if endpoint.path.startswith("/api/") else "oauth"],
        "responses": {
            "2XX": {
                "description": "The answer.",
                "content": {"application/json": {"schema": _schema(endpoint.answers)}},
            },
            "4XX": {
                "description": "What is the matter, in words.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
            },
        },
    }
    if endpoint.extension:
        operation["description"] = f"Not of Mastodon: {endpoint.extension}"
    if endpoint.who is not Who.ANYONE or endpoint.scope:
        scope = [endpoint.scope] if endpoint.scope else []
        operation["security"] = [{"token": scope}] if endpoint.who is not Who.ANYONE else [{}, {"token": scope}]
    if endpoint.takes is not Nothing:
        fields = _fields(endpoint.takes)
        if endpoint.method in ("GET", "HEAD"):
            parameters += [
                {"name": name, "in": "query", "schema": schema, "style": "form", "explode": True}
                for name, schema in fields.items()
            ]
        else:
            body = {"type": "object", "properties": fields}
            kind = "multipart/form-data" if endpoint.media else "application/json"
            operation["requestBody"] = {"content": {kind: {"schema": body}}}
    if parameters:
        operation["parameters"] = parameters
    return operation


def _schema(answers: Any) -> dict[str, Any]:
    kind = _entity(answers)
    if answers is bool:
        return {"type": "boolean"}
    if kind is None:
        return {"type": "array", "items": {}} if get_origin(answers) is list else {"type": "object"}
    reference = {"$ref": _REFERENCE.format(name=kind.__name__)}
    return {"type": "array", "items": reference} if get_origin(answers) is list else reference


def _fields(takes: type[Struct]) -> dict[str, Any]:
    """The parameters; what is more than a scalar or a list of them is described by its outline alone."""
    hints = msgspec.inspect.type_info(takes)
    assert isinstance(hints, msgspec.inspect.StructType)
    return {field.encode_name: _outline(field.type) for field in hints.fields}


def _outline(kind: Any) -> dict[str, Any]:
    inspect = msgspec.inspect
    match kind:
        case inspect.StrType():
            return {"type": "string"}
        case inspect.IntType():
            return {"type": "integer"}
        case inspect.FloatType():
            return {"type": "number"}
        case inspect.BoolType():
            return {"type": "boolean"}
        case inspect.UnionType():
            return _outline(next(each for each in kind.types if not isinstance(each, inspect.NoneType)))
        case inspect.ListType() | inspect.VarTupleType():
            return {"type": "array", "items": _outline(kind.item_type)}
        case inspect.StructType():
            return {"type": "object", "properties": {f.encode_name: _outline(f.type) for f in kind.fields}}
        case inspect.DictType():
            return {"type": "object"}
        case inspect.CustomType():
            return {"type": "string", "format": "binary"}
        case _:
            return {}
