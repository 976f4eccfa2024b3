"""Quotes: a post that shows another within it, and what the other's author says to that (FEP-044f)."""

from enum import StrEnum

from scattershot.domain.post import Audience, Post
from scattershot.domain.terms import ALL, ONLY_THE_AUTHOR, Approval, Asker, Rule, approval


class QuoteState(StrEnum):
    """How a quote stands. The last three are never stored: they depend on who looks."""

    NONE = ""
    """The post quotes nothing."""
    ACCEPTED = "accepted"
    PENDING = "pending"
    """Nobody has answered yet, or what was answered is not proven yet."""
    REJECTED = "rejected"
    REVOKED = "revoked"
    """It was accepted once."""
    DELETED = "deleted"
    """What it quotes was taken back."""
    UNASKED = "unasked"
    """Of software that asks nobody, which says so in an older spelling: it is shown as a post with a link."""
    UNAUTHORIZED = "unauthorized"
    """It was accepted, but whoever looks may not see what it quotes."""
    BLOCKED = "blocked"
    MUTED = "muted"


FINAL = frozenset({QuoteState.REVOKED, QuoteState.DELETED})
"""Nothing that is said later brings such a quote back."""


def quote_rule(post: Post, *, local: bool) -> Rule:
    """The rule by which quotes of the post are judged.

    What is for a few may be quoted by its author alone. One from elsewhere that says nothing comes from software that
    would never answer, so it is not quoted; one from here says nothing where it is older than the rule.
    """
    match post.audience:
        case Audience.PUBLIC | Audience.UNLISTED:
            return post.terms.quotes or (ALL if local else ONLY_THE_AUTHOR)
        case Audience.LOCAL:
            return post.terms.quotes or ALL
        case Audience.FOLLOWERS | Audience.MENTIONED:
            return ONLY_THE_AUTHOR


def may_quote(post: Post, asker: Asker, *, local: bool) -> Approval:
    """How the asker's quote of the post fares; `local` says that the post is kept here."""
    return approval(quote_rule(post, local=local), asker)


def fits(quoting: Audience, quoted: Audience, *, names_the_author: bool) -> bool:
    """Whether a post for those people may show the other: nothing is shown to more people than it was for, and nobody
    is talked of behind their back (`names_the_author`: the quoting post is for the quoted author by name)."""
    match quoted:
        case Audience.LOCAL:
            return quoting is Audience.LOCAL
        case Audience.FOLLOWERS:
            return quoting is Audience.FOLLOWERS or (quoting is Audience.MENTIONED and names_the_author)
        case Audience.MENTIONED:
            return quoting is Audience.MENTIONED and names_the_author
        case Audience.PUBLIC | Audience.UNLISTED:
            return quoting is not Audience.MENTIONED or names_the_author
