"""Markdown that people type becomes HTML: CommonMark with strikethrough; no pictures and no HTML of their own.

Links, mentions and hashtags are found in it as in plain text, but not in code and not within a link.
"""

from collections.abc import Callable, Mapping, MutableMapping, Sequence
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from scattershot.domain.microblog import Handle
from scattershot.domain.post import Mention
from scattershot.domain.text import Composed, Weaver


def compose_markdown(source: str, known: Mapping[Handle, Mention], tag_page: Callable[[str], str]) -> Composed:
    """HTML of a Markdown text, not yet cleaned; handles not in `known` stay text."""
    weaver = Weaver(known, tag_page)
    return weaver.woven(_parser().render(source.strip(), {"weaver": weaver, "links": 0}).rstrip("\n"))


@cache
def _parser() -> MarkdownIt:
    """One parser for all texts: a line break is a line break, for people type messages and not books."""
    return (
        MarkdownIt("commonmark", {"html": False, "breaks": True}, renderer_cls=_Renderer)
        .enable("strikethrough")
        .disable("image")
    )


class _Renderer(RendererHTML):
    """Writes HTML as `domain.text` does."""

    def text(self, tokens: Sequence[Token], idx: int, options: Any, env: MutableMapping[str, Any]) -> str:
        """Words between marks."""
        weaver: Weaver = env["weaver"]
        if env["links"]:
            return super().text(tokens, idx, options, env)
        return weaver.line(tokens[idx].content)

    def link_open(self, tokens: Sequence[Token], idx: int, options: Any, env: MutableMapping[str, Any]) -> str:
        """A link leads out of here."""
        env["links"] += 1
        tokens[idx].attrSet("rel", "nofollow noopener noreferrer")
        tokens[idx].attrSet("target", "_blank")
        return self.renderToken(tokens, idx, options, env)

    def link_close(self, tokens: Sequence[Token], idx: int, options: Any, env: MutableMapping[str, Any]) -> str:
        """After it, words are words again."""
        env["links"] -= 1
        return self.renderToken(tokens, idx, options, env)

    def softbreak(self, tokens: Sequence[Token], idx: int, options: Any, env: MutableMapping[str, Any]) -> str:  # noqa: ARG002
        """A line break as typed."""
        return "<br>"

    def hardbreak(self, tokens: Sequence[Token], idx: int, options: Any, env: MutableMapping[str, Any]) -> str:  # noqa: ARG002
        """The same."""
        return "<br>"
