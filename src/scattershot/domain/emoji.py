"""Emoji with which one reacts: exactly one, a character of Unicode's (UTS #51) or a node's own by its shortcode."""

import re

MAX_CHARS = 64
OWN_SHORTCODE = re.compile(r"[A-Za-z0-9_]{2,50}", re.ASCII)
"""What a node's own emoji may be called: what Mastodon's CustomEmoji finds in a text, and no longer than is typed."""

_IN_TEXT = re.compile(r"(?<![A-Za-z0-9_:]):([A-Za-z0-9_]{2,50}):(?![A-Za-z0-9_:])", re.ASCII)
_SHORTCODE = re.compile(r":([\w+.-]{1,64}):", re.ASCII)
_STORED = re.compile(r":([\w+.-]{1,64})(?:@([\w.:-]{1,255}))?:", re.ASCII)

# Extended_Pictographic and what else may begin an emoji, in ranges that need no table: a code point not yet assigned
# within them is let through, since some newer machine has it.
_PICTURE = (
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u2199\u21a9\u21aa\u231a\u231b\u2328\u23cf\u23e9-\u23f3\u23f8-\u23fa"
    "\u24c2\u25aa\u25ab\u25b6\u25c0\u25fb-\u25fe\u2600-\u27bf\u2934\u2935\u2b05-\u2b07\u2b1b\u2b1c\u2b50\u2b55\u3030"
    "\u303d\u3297\u3299\U0001f004\U0001f0cf\U0001f170\U0001f171\U0001f17e\U0001f17f\U0001f18e\U0001f191-\U0001f19a"
    "\U0001f201\U0001f202\U0001f21a\U0001f22f\U0001f232-\U0001f23a\U0001f250\U0001f251\U0001f300-\U0001f3fa"
    "\U0001f400-\U0001f64f\U0001f680-\U0001f6ff\U0001f7e0-\U0001f7eb\U0001f7f0\U0001f900-\U0001faff]"
)
_ELEMENT = rf"(?:{_PICTURE}(?:[\U0001f3fb-\U0001f3ff]|\ufe0f\u20e3?|[\U000e0020-\U000e007e]+\U000e007f)?)"
_EMOJI = re.compile(
    rf"[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3|{_ELEMENT}(?:\u200d{_ELEMENT}){{0,8}}|[\U0001f3fb-\U0001f3ff]"
)
_SHOWN_AS_TEXT = re.compile(  # of the oldest: a picture only with U+FE0F behind (emoji-data: not Emoji_Presentation)
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u2199\u21a9\u21aa\u2328\u23cf\u23ed-\u23ef\u23f1\u23f2\u23f8-\u23fa"
    "\u24c2\u25aa\u25ab\u25b6\u25c0\u25fb\u25fc\u2600-\u2604\u260e\u2611\u2618\u261d\u2620\u2622\u2623\u2626\u262a\u262e"
    "\u262f\u2638-\u263a\u2640\u2642\u265f\u2660\u2663\u2665\u2666\u2668\u267b\u267e\u2692\u2694-\u2697\u2699\u269b\u269c"
    "\u26a0\u26a7\u26b0\u26b1\u26c8\u26cf\u26d1\u26d3\u26e9\u26f0\u26f1\u26f4\u26f7-\u26f9\u2702\u2708\u2709\u270c\u270d"
    "\u270f\u2712\u2714\u2716\u271d\u2721\u2733\u2734\u2744\u2747\u2763\u2764\u27a1\u2934\u2935\u2b05-\u2b07\u3030\u303d"
    "\u3297\u3299]"
)


def emoji_in(text: str) -> str:
    """The one emoji that the text is, in the spelling by which equal ones are found equal; empty where it is none."""
    bare = text.strip()
    if len(bare) > MAX_CHARS or not _EMOJI.fullmatch(bare):
        return ""
    return f"{bare}\ufe0f" if len(bare) == 1 and _SHOWN_AS_TEXT.fullmatch(bare) else bare


def shortcode_in(text: str) -> str:
    """The shortcode, without its colons, that the text is; empty where it is none."""
    found = _SHORTCODE.fullmatch(text.strip())
    return found[1] if found else ""


def shortcodes_in(*texts: str) -> list[str]:
    """The shortcodes that texts may show as pictures, each once, in their order."""
    return list(dict.fromkeys(match[1] for text in texts for match in _IN_TEXT.finditer(text)))


def of_node(shortcode: str, host: str) -> str:
    """A node's own emoji as reactions are counted by it: two nodes may give one name to two pictures. No host: ours."""
    return f":{shortcode}@{host}:" if host else f":{shortcode}:"


def custom(emoji: str) -> tuple[str, str] | None:
    """The shortcode and host of an emoji of some node's own, as `of_node` wrote it; None for one of Unicode's."""
    found = _STORED.fullmatch(emoji)
    return (found[1], found[2] or "") if found else None
