"""What a complaint is about."""

from enum import StrEnum


class Category(StrEnum):
    """The sort of a complaint made here; those of other nodes do not tell."""

    OTHER = "other"
    SPAM = "spam"
    LEGAL = "legal"
    VIOLATION = "violation"
    """Of the node's rules."""
