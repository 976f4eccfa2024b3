"""Parameters: what programs send by query, form, multipart or JSON, in every spelling, becomes one typed Struct.

The spellings are Rails': `a[]=1&a[]=2` is a list, `a[b]=1` a mapping, `a[0][b]=1` a list of mappings; a scalar does for
a list of one. Which of them was used is forgotten here.
"""

from collections.abc import Callable, Iterable
from functools import cache
from itertools import pairwise
from types import NoneType, UnionType
from typing import Any, TypeAlias, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Struct, UnsetType
from starlette.datastructures import UploadFile

from scattershot.app.receiving import Receiving

Values: TypeAlias = dict[str, Any]

MAX_DEPTH = 5
"""Brackets in a name beyond this many are not read."""
MAX_FIELDS = 1_000

_FALSE = frozenset({"", "0", "f", "false", "off"})


class BadParameter(Exception):
    """A parameter that cannot be what it has to be; the message names it."""

    def __init__(self, name: str, what: str) -> None:
        super().__init__(f"{name} {what}")
        self.name, self.what = name, what


class Nothing(Struct, frozen=True):
    """No parameters."""


def nested(pairs: Iterable[tuple[str, Any]]) -> Values:
    """Pairs with Rails' bracketed names as one nested mapping; of a plain name given twice the last stands."""
    values: Values = {}
    for name, value in pairs:
        _put(values, _steps(name), value)
    return values


def _steps(name: str) -> list[str]:
    head, bracket, rest = name.partition("[")
    if not bracket or not rest.endswith("]") or not head:
        return [name]
    steps = rest[:-1].split("][")
    return [head, *steps] if len(steps) <= MAX_DEPTH else [name]


def _put(values: Values, steps: list[str], value: Any) -> None:
    """Lists are kept as mappings from place to item until they are read: `a[0][b]` and `a[][b]` look alike then."""
    place = values
    for step, following in pairwise(steps):
        key = step if step != "" else _open_place(place, following)
        deeper = place.get(key)
        if not isinstance(deeper, dict):
            deeper = place[key] = {}
        place = deeper
    last = steps[-1]
    place[last if last != "" else str(len(place))] = value


def _open_place(place: Values, following: str) -> str:
    """Where `a[][b]` goes on: to the last item, unless that has its `b` already."""
    newest = place.get(str(len(place) - 1))
    return str(len(place) - 1) if isinstance(newest, dict) and following not in newest else str(len(place))


# -- from values to a Struct

_Fit: TypeAlias = Callable[[str, Any], Any]


def fit(values: Values, into: type[Struct]) -> Any:
    """The Struct that the values fill; BadParameter where one does not fit. What it does not know is left out."""
    return _struct(into)("", values)


@cache
def _struct(into: type[Struct]) -> _Fit:
    hints = get_type_hints(into)
    fields = [
        (field.encode_name, field.name, _fitting(hints[field.name]), field.required, _may_be_unset(hints[field.name]))
        for field in msgspec.structs.fields(into)
    ]

    def convert(name: str, value: Any) -> Any:
        if not isinstance(value, dict):
            raise BadParameter(name, "must have fields of its own")
        found: Values = {}
        for key, attribute, make, required, tells_null in fields:
            label = f"{name}[{key}]" if name else key
            given = value.get(key)
            if given is None:
                if required:
                    raise BadParameter(label, "can't be blank")
                if tells_null and key in value:
                    found[attribute] = None
                continue
            made = make(label, given)
            if made is not None or tells_null:
                found[attribute] = made
            elif required:
                raise BadParameter(label, "can't be blank")
        return into(**found)

    return convert


def _may_be_unset(hint: Any) -> bool:
    """Whether it is to be told apart that nothing was said (UNSET) and that null, or an empty text, was (None)."""
    return UnsetType in get_args(hint)


def _fitting(hint: Any) -> _Fit:
    """How a value of that type is made; an empty text is None where the type has no other use for it."""
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        kinds = [each for each in get_args(hint) if each not in (NoneType, UnsetType)]
        assert len(kinds) == 1, hint
        return _fitting(kinds[0])
    if origin in (list, tuple):
        return _list(_fitting(get_args(hint)[0]), origin)
    if origin is dict or hint is dict:
        return _mapping
    if isinstance(hint, type) and issubclass(hint, Struct):
        return _struct(hint)
    return _SCALARS[hint]


def _list(one: _Fit, make: type) -> _Fit:
    def convert(name: str, value: Any) -> Any:
        items = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else [value]
        return make(made for made in (one(name, item) for item in items) if made is not None)

    return convert


def _mapping(name: str, value: Any) -> Values:
    if not isinstance(value, dict):
        raise BadParameter(name, "must have fields of its own")
    return value


def _text(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if not isinstance(value, str):
        raise BadParameter(name, "must be a text")
    return value.replace("\0", "")


def _whole(name: str, value: Any) -> int | None:
    text = _text(name, value).strip()
    if not text:
        return None
    try:
        number = int(text) if len(text) <= 19 and text.isascii() else None
    except ValueError:
        number = None
    if number is None or abs(number) >= 1 << 63:
        raise BadParameter(name, "is not a number")
    return number


def _decimal(name: str, value: Any) -> float | None:
    text = _text(name, value).strip()
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not abs(number) < 1e15:
        raise BadParameter(name, "is not a number")
    return number


def _truth(name: str, value: Any) -> bool | None:
    text = _text(name, value).strip().lower()
    return None if text == "" else text not in _FALSE


def _file(name: str, value: Any) -> UploadFile:
    if not isinstance(value, UploadFile):
        raise BadParameter(name, "must be a file")
    return value


def _received(name: str, value: Any) -> Receiving:
    if not isinstance(value, Receiving):
        raise BadParameter(name, "must be a file")
    return value


_SCALARS: dict[Any, _Fit] = {
    str: _text,
    int: _whole,
    float: _decimal,
    bool: _truth,
    UploadFile: _file,
    Receiving: _received,
    Any: lambda _, value: value,
}
