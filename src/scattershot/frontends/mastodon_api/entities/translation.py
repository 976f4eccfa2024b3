"""The entity Translation (docs.joinmastodon.org/entities/Translation): a post in another language."""

from typing import Any

from msgspec import Struct


class Translation(Struct, frozen=True, kw_only=True):
    """What a translator made of a post; this node has none, so it never answers one."""

    content: str
    spoiler_text: str
    poll: dict[str, Any] | None = None
    media_attachments: list[dict[str, Any]] = []
    detected_source_language: str | None
    language: str
    provider: str
