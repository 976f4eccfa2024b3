"""Feeds that are no well-formed XML, or hardly any."""

from tests.protocols.feeds.corpus.case import Case, atom, rss

_LAUGHS = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 12))

BROKEN = [
    Case("an ampersand alone", rss("<item><title>Fish & chips, AT&T</title><link>https://blog.example/?a=1&b=2</link></item>"),
         {"0.title": "Fish & chips, AT&T", "0.url": "https://blog.example/?a=1&b=2"}),
    Case("an ampersand before what looks like an entity", rss("<item><title>x</title><link>https://blog.example/?a&copy=1</link></item>"),
         {"0.url": "https://blog.example/?a&copy=1"}),
    Case("entities of html", rss("<item><title>Caf&eacute;&nbsp;&mdash; closed</title></item>"), {"0.title": "Café — closed"}),
    Case("an entity nobody knows", rss("<item><title>One &foo; two</title></item>"), {"0.title": "One &foo; two"}),
    Case("white space before the declaration", b"\n\n  " + rss("<item><title>x</title></item>"), {"entries": 1}),
    Case("a warning of php before it", b"<br />\n<b>Warning</b>: include() in <b>/x.php</b><br />\n"
         + rss("<item><title>x</title></item>"), {"entries": 1, "title": "A blog"}),
    Case("a comment of a cache after it", rss("<item><title>x</title></item>") + b"\n<!-- cached -- page -->\n<p>bye", {"entries": 1}),
    Case("cut in the middle", rss("<item><title>One</title></item><item><title>Two</title><description>Half a sen")[:-20],
         {"entries": 2, "1.title": "Two"}),
    Case("items never closed", rss("<item><title>One</title><item><title>Two</title>"), {"entries": 2, "0.title": "One"}),
    Case("tags that cross", rss("<item><title><b>One</title></b><link>https://blog.example/1</link></item>"),
         {"0.title": "One", "0.url": "https://blog.example/1"}),
    Case("html within the description, not escaped", rss("<item><description><p>Hi<br>there <a href='/x'>x</a></description></item>"),
         {"0.html": '<p>Hi<br>there <a href="https://blog.example/x">x</a></p>'}),
    Case("attributes without quotes", rss("<item><title>x</title><enclosure url=https://blog.example/a.mp3 length=12 type=audio/mpeg></item>"),
         {"0.enclosures.0.url": "https://blog.example/a.mp3", "0.enclosures.0.size": 12}),
    Case("a prefix that was never declared", rss("<item><title>x</title><dc:creator>Ann</dc:creator></item>"),
         {"0.authors.0.name": "Ann"}),
    Case("cdata that never ends", rss("<item><title>One</title><description><![CDATA[Hello</description></item><item><title>Two</title></item>"),
         {"entries": 2, "0.html": "<p>Hello</p>", "1.title": "Two"}),
    Case("a cdata within an escaped text", rss("<item><title><![CDATA[Fish & <b>chips</b>]]></title></item>"), {"0.title": "Fish & chips"}),
    Case("a title escaped twice", rss("<item><title>AT&amp;amp;T &amp;lt;3</title></item>"), {"0.title": "AT&T <3"}),
    Case("a title with html in it", rss("<item><title>&lt;script&gt;alert(1)&lt;/script&gt;&lt;i&gt;Hi&lt;/i&gt;</title></item>"),
         {"0.title": "Hi"}),
    Case("a less-than sign in a text", rss("<item><title>5 &lt; 6 and 7 > 6</title></item>"), {"0.title": "5 < 6 and 7 > 6"}),
    Case("a billion laughs", rss("<item><title>&l11;</title></item>",
         head=f"<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY l0 'ha'>{_LAUGHS}]>"), {"0.title": "&l11;"}),
    Case("an external entity", rss("<item><title>x &secret;</title></item>",
         head="<!DOCTYPE rss [<!ENTITY secret SYSTEM 'file:///etc/passwd'>]>"), {"0.title": "x &secret;"}),
    Case("the document type of netscape", rss("<item><title>x</title></item>",
         head='<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/rss.dtd">'),
         {"entries": 1}),
    Case("atom without its namespace", b"<feed><title>A blog</title><entry><id>1</id><title>x</title></entry></feed>", {"entries": 1}),
    Case("atom under a prefix", b"<a:feed xmlns:a='http://www.w3.org/2005/Atom'><a:title>A blog</a:title><a:entry><a:id>1</a:id>"
         b"<a:title>x</a:title></a:entry></a:feed>", {"entries": 1, "0.title": "x", "title": "A blog"}),
    Case("an atom entry with a stray sign", atom("<entry><id>1</id><title>a < b</title></entry>"), {"0.title": "a < b"}),
    Case("upper case of html within", rss("<item><description>&lt;P&gt;Hi&lt;/P&gt;</description></item>"), {"0.html": "<P>Hi</P>"}),
    Case("a channel without rss around it", b"<channel><title>A blog</title><item><title>x</title></item></channel>", {"entries": 1}),
]  # fmt: skip
