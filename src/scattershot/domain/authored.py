"""Which of what somebody wrote and passed on is asked for."""

from typing import NamedTuple


class Which(NamedTuple):
    """Everything, or less: no answers to others, nothing passed on, only posts with media, only those with a tag."""

    replies: bool = True
    boosts: bool = True
    only_media: bool = False
    tag: str = ""
