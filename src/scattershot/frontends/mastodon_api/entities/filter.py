"""Entities of filters (docs.joinmastodon.org/entities/Filter, /entities/FilterResult, /entities/V1_Filter)."""

from msgspec import UNSET, Struct, UnsetType


class FilterKeyword(Struct, frozen=True, kw_only=True):
    """A word or phrase of a filter."""

    id: str
    keyword: str
    whole_word: bool


class FilterStatus(Struct, frozen=True, kw_only=True):
    """A post that a filter holds."""

    id: str
    status_id: str


class Filter(Struct, frozen=True, kw_only=True):
    """A filter; in a `FilterResult` without what it holds."""

    id: str
    title: str
    context: list[str]
    expires_at: str | None
    filter_action: str
    keywords: list[FilterKeyword] | UnsetType = UNSET
    statuses: list[FilterStatus] | UnsetType = UNSET


class FilterResult(Struct, frozen=True, kw_only=True):
    """That a post meets a filter."""

    filter: Filter
    keyword_matches: list[str] | None
    status_matches: list[str] | None


class FilterV1(Struct, frozen=True, kw_only=True):
    """A keyword as the first version of filters had it: each a filter of its own."""

    id: str
    phrase: str
    context: list[str]
    whole_word: bool
    expires_at: str | None
    irreversible: bool
