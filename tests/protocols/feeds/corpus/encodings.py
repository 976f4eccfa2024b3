"""Feeds that say a wrong encoding, none, or several."""

from tests.protocols.feeds.corpus.case import Case, rss

_ITEM = "<item><title>Grüße aus Köln – für “alle”</title><guid>1</guid></item>"
_TITLE = {"0.title": "Grüße aus Köln – für “alle”"}
_LATIN = "<item><title>Grüße aus Köln</title><guid>1</guid></item>"
_UTF8 = "<?xml version='1.0' encoding='UTF-8'?>"
_ISO = "<?xml version='1.0' encoding='ISO-8859-1'?>"


def _as(head: str, item: str, codec: str, mark: bytes = b"") -> bytes:
    return mark + rss(item, head=head).decode().encode(codec)


ENCODINGS = [
    Case("plain utf-8", _as(_UTF8, _ITEM, "utf-8"), _TITLE),
    Case("utf-8 with a byte order mark", _as(_UTF8, _ITEM, "utf-8", b"\xef\xbb\xbf"), _TITLE),
    Case("utf-8 of which the header says latin-1", _as(_UTF8, _ITEM, "utf-8"), _TITLE, "text/xml; charset=iso-8859-1"),
    Case("utf-8 of which the declaration says latin-1", _as(_ISO, _ITEM, "utf-8"), _TITLE),
    Case("utf-8 of which nothing is said, as text/xml", _as("<?xml version='1.0'?>", _ITEM, "utf-8"), _TITLE, "text/xml"),
    Case("windows-1252 that says latin-1", _as(_ISO, _ITEM, "cp1252"), _TITLE),
    Case("windows-1252 that says utf-8", _as(_UTF8, _ITEM, "cp1252"), _TITLE),
    Case("latin-1 that says us-ascii", _as(_UTF8, _LATIN, "latin-1"), {"0.title": "Grüße aus Köln"}, "text/xml; charset=us-ascii"),
    Case("utf-16 with a mark", _as("<?xml version='1.0' encoding='utf-16'?>", _ITEM, "utf-16"), _TITLE),
    Case("utf-16 without a mark", _as("<?xml version='1.0' encoding='utf-16'?>", _ITEM, "utf-16-be"), _TITLE),
    Case("utf-8 that says utf-16", _as("<?xml version='1.0' encoding='utf-16'?>", _ITEM, "utf-8"), _TITLE),
    Case("koi8-r by its declaration", _as("<?xml version='1.0' encoding='koi8-r'?>", "<item><title>Привет</title></item>", "koi8-r"),
         {"0.title": "Привет"}),
    Case("windows-1251 by the header alone", _as("<?xml version='1.0'?>", "<item><title>Привет, мир</title></item>", "cp1251"),
         {"0.title": "Привет, мир"}, "text/xml; charset=windows-1251"),
    Case("shift_jis", _as("<?xml version='1.0' encoding='Shift_JIS'?>", "<item><title>日本語の題</title></item>", "shift_jis"),
         {"0.title": "日本語の題"}),
    Case("iso-2022-jp, which is ascii all through", _as("<?xml version='1.0' encoding='ISO-2022-JP'?>",
         "<item><title>日本語</title></item>", "iso-2022-jp"), {"0.title": "日本語"}),
    Case("gb2312", _as("<?xml version='1.0' encoding='gb2312'?>", "<item><title>你好世界</title></item>", "gb2312"),
         {"0.title": "你好世界"}),
    Case("an encoding nobody has heard of", _as("<?xml version='1.0' encoding='x-klingon'?>", _ITEM, "utf-8"), _TITLE),
    Case("utf-8 with one byte broken in a long text", rss("<item><title>Grüße</title><description>" + "für " * 400
         + "</description></item>").replace("für für".encode(), b"f\xc3 f\xc3\xbcr", 1), {"0.title": "Grüße", "~0.html": "für"},
         "text/xml; charset=utf-8"),
    Case("control characters in the text", rss("<item><title>Form\x0cfeed\x00 and\x08 bell</title></item>"),
         {"0.title": "Formfeed and bell"}),
]  # fmt: skip
