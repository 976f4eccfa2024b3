"""Words as search sees them: what a text is cut into, without case and accents, the same for posts, names and queries.

Both databases are given these words and never a text, so that both find the same. Scripts that put no spaces between
words are cut into pairs of neighbouring signs.
"""

import re
import unicodedata
from itertools import islice

VERSION = 1
"""Grows when the same text is cut otherwise: what was indexed before is then made anew."""
MAX_WORDS = 10_000
"""Words of one text that can be found; what comes behind them is not."""
MAX_WORD_CHARS = 40
"""A longer word is found by its beginning: nobody types more, and what is longer is no word."""

# Han, kana, Hangul, Thai, Lao, Burmese, Khmer: no spaces, or (Korean) particles that hang on to the word.
_UNSPACED = (
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
    "\u0e00-\u0e4e\u0e81-\u0ece\u1000-\u1049\u1780-\u17d3\U00020000-\U0003ffff"
)
# In the scripts of India vowels are marks, which `\w` does not know; the two dots between are their full stops.
_INDIC = "\u0900-\u0963\u0966-\u0dff"
_ASCII_WORD = re.compile(r"[a-z0-9]+")
_PIECE = re.compile(rf"(?P<run>[{_UNSPACED}]+)|(?:(?![{_UNSPACED}])(?:[^\W_]|[{_INDIC}]))+")
_SIGN = re.compile(f"[{_UNSPACED}]")
_ACCENTS = re.compile(
    "[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c7\u0610-\u061a\u064b-\u065f\u0670\u200b-\u200d\u00ad]"
)
_SCHEME = re.compile(r"\bhttps?://(?:www\.)?")


def fold(text: str) -> str:
    """The text without case, accents, vowel points and invisible signs; wide and styled letters become plain ones."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text).casefold()
    return unicodedata.normalize("NFC", _ACCENTS.sub("", apart))


def words_of(text: str) -> list[str]:
    """The words of a text in their order, as they are looked up; each is made of letters and digits alone."""
    return _cut(text, whole=True)


def sought(text: str) -> tuple[str, ...]:
    """The words to look for, one behind the other, where somebody typed the text; empty where there is none in it."""
    return tuple(_cut(text, whole=False))


def is_beginning(words: tuple[str, ...]) -> bool:
    """Whether these are a single sign of a script without spaces, which stands for every pair that begins with it."""
    return len(words) == 1 and _SIGN.fullmatch(words[0]) is not None


def _cut(text: str, *, whole: bool) -> list[str]:
    folded = fold(text)
    if "://" in folded:
        folded = _SCHEME.sub(" ", folded)
    if folded.isascii():
        return [word[:MAX_WORD_CHARS] for word in _ASCII_WORD.findall(folded)[:MAX_WORDS]]
    words: list[str] = []
    pieces = list(islice(_PIECE.finditer(folded), MAX_WORDS))
    for piece in pieces:
        if piece["run"] is None:
            words.append(piece[0][:MAX_WORD_CHARS])
        else:
            words += _pairs(piece[0][:MAX_WORDS], ends=whole or piece is not pieces[-1])
    return words[:MAX_WORDS]


def _pairs(run: str, *, ends: bool) -> list[str]:
    """Its pairs of neighbours, and where it `ends` its last sign once more, so that each of its signs begins a word."""
    pairs = [run[n : n + 2] for n in range(len(run) - 1)]
    return [*pairs, run[-1]] if ends or not pairs else pairs
