"""Entities of quotes, terms and reactions (docs.joinmastodon.org/entities/Quote, GoToSocial's interaction policies,
Pleroma's and glitch-soc's reactions)."""

from typing import Any

from msgspec import UNSET, Struct, UnsetType

from scattershot.frontends.mastodon_api.entities.account import Account


class QuoteApproval(Struct, frozen=True, kw_only=True):
    """Who may quote a post, and how whoever looks fares."""

    automatic: list[str]
    manual: list[str]
    current_user: str


class PolicyRule(Struct, frozen=True, kw_only=True):
    """Whom something is allowed at once, and whom after the author has looked."""

    always: list[str]
    with_approval: list[str]


class InteractionPolicy(Struct, frozen=True, kw_only=True):
    """GoToSocial's summary of what others may do with a post, with `can_quote` besides."""

    can_favourite: PolicyRule
    can_reply: PolicyRule
    can_reblog: PolicyRule
    can_quote: PolicyRule


class Reaction(Struct, frozen=True, kw_only=True):
    """How many reacted with one emoji; a node's own is `shortcode@node`, with its picture."""

    name: str
    count: int
    me: bool
    url: str | UnsetType = UNSET
    static_url: str | UnsetType = UNSET


class Reacted(Reaction, frozen=True, kw_only=True):
    """A reaction, with those who reacted."""

    accounts: list[Account]


class InteractionRequest(Struct, frozen=True, kw_only=True):
    """A quote of one's post that waits for an answer (GoToSocial's entity, of the type `quote`)."""

    id: str
    type: str
    created_at: str
    account: Account
    status: Any
    """The Status that would be quoted."""
    quote: Any
    """The Status that would quote it."""
    uri: str | None = None
    accepted_at: str | None = None
    rejected_at: str | None = None
