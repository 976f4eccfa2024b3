"""Feeds that are well formed and mean something in a way of their own: names, links, dates, namespaces."""

from tests.protocols.feeds.corpus.case import Case, atom, rss

_NOON = 1_795_262_400_000  # 2026-11-21 12:00 UTC
_RDF = (
    b"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/' "
    b"xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:content='http://purl.org/rss/1.0/modules/content/'>"
    b"<channel rdf:about='https://blog.example/'><title>A blog</title><link>https://blog.example/</link></channel>"
    b"<item rdf:about='https://blog.example/1'><title>One</title><dc:date>2026-11-21T12:00:00Z</dc:date>"
    b"<dc:subject>Tea</dc:subject><content:encoded>&lt;p&gt;Whole&lt;/p&gt;</content:encoded></item></rdf:RDF>"
)
_090 = (
    b"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://my.netscape.com/rdf/simple/0.9/'>"
    b"<channel><title>A blog</title><link>https://blog.example/</link></channel>"
    b"<item><title>One</title><link>https://blog.example/1</link></item></rdf:RDF>"
)
_ATOM_03 = (
    b"<feed version='0.3' xmlns='http://purl.org/atom/ns#'><title>A blog</title><tagline>Old</tagline><entry><id>1</id>"
    b"<title mode='escaped'>Fish &amp;amp; chips</title><issued>2026-11-21T12:00:00Z</issued><modified>2026-11-21T12:00:00Z</modified>"
    b"<link rel='alternate' href='https://blog.example/1'/><content type='text/html' mode='escaped'>&lt;p&gt;Hi&lt;/p&gt;</content>"
    b"</entry></feed>"
)
_MRSS = "xmlns:media='http://search.yahoo.com/mrss/'"
_PAGED = (
    "<link rel='next' href='?page=2'/><link rel='hub' href='https://hub.example/'/><link rel='self' href='all.atom'/>"
)

MEANINGS = [
    Case("rss 1.0", _RDF, {"format": "rdf", "0.id": "https://blog.example/1", "0.published": _NOON, "0.tags": ("Tea",),
                           "0.html": "<p>Whole</p>", "0.url": "https://blog.example/1"}),
    Case("rss 0.90", _090, {"format": "rdf", "0.url": "https://blog.example/1", "0.title": "One"}),
    Case("rss 0.91 without any names", rss("<item><title>One</title><link>/1</link></item>").replace(b"2.0", b"0.91"),
         {"0.id": "https://blog.example/1"}),
    Case("rss 0.92 of descriptions alone", rss("<item><description>Just a thought.</description></item>").replace(b"2.0", b"0.92"),
         {"0.title": "", "0.html": "<p>Just a thought.</p>"}),
    Case("atom 0.3", _ATOM_03, {"0.title": "Fish & chips", "0.html": "<p>Hi</p>", "0.published": _NOON, "description": "Old"}),
    Case("the same guid for all", rss("".join(f"<item><guid isPermaLink='false'>x</guid><title>{n}</title><link>/{n}</link></item>"
         for n in (1, 2, 3))), {"entries": 3, "0.id": "https://blog.example/1"}),
    Case("one entry twice", rss("<item><guid>1</guid><title>New</title></item><item><guid>1</guid><title>Old</title></item>"),
         {"entries": 1, "0.title": "New"}),
    Case("no guid and no link", rss("<item><title>One</title></item><item><title>Two</title></item>"), {"entries": 2, "~0.id": "urn:content:"}),
    Case("a guid that is a page", rss("<item><title>x</title><guid>https://blog.example/1</guid></item>"), {"0.url": "https://blog.example/1"}),
    Case("a guid that says it is no page", rss("<item><title>x</title><guid isPermaLink='false'>https://blog.example/1</guid></item>"),
         {"0.url": "", "0.id": "https://blog.example/1"}),
    Case("a guid that claims to be a page and is none", rss("<item><title>x</title><guid>42 at blog</guid></item>"),
         {"0.url": "", "0.id": "42 at blog"}),
    Case("an empty item", rss("<item></item><item><title>x</title></item>"), {"entries": 1}),
    Case("a link to a script", rss("<item><title>x</title><link>javascript:alert(1)</link></item>"), {"0.url": ""}),
    Case("relative links within", rss("<item><link>/2026/post/</link><description>&lt;img src='a.png'&gt; &lt;a href=\"../b\"&gt;b&lt;/a&gt;"
         "</description></item>"), {"0.html": '<img src="https://blog.example/2026/post/a.png"> <a href="https://blog.example/2026/b">b</a>'}),
    Case("xml:base upon xml:base", atom("<entry xml:base='b/'><id>1</id><title>x</title><link href='c'/></entry>", "",
         "xml:base='https://other.example/a/'"), {"0.url": "https://other.example/a/b/c"}),
    Case("atom in xhtml", atom("<entry><id>1</id><title type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>Fish <b>&amp;</b> chips"
         "</div></title><content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p>Hi<br/>you &lt; me</p></div></content></entry>"),
         {"0.title": "Fish & chips", "0.html": "<p>Hi<br>you &lt; me</p>"}),
    Case("atom text that looks like html", atom("<entry><id>1</id><title type='text'>Use &lt;b&gt; &amp;amp; co</title>"
         "<content type='text'>a &lt;b&gt;</content></entry>"), {"0.title": "Use <b> &amp; co", "0.html": "<p>a &lt;b&gt;</p>"}),
    Case("atom of a summary alone", atom("<entry><id>1</id><title/><summary>Short &amp; sweet</summary></entry>"),
         {"0.html": "<p>Short &amp; sweet</p>", "0.summary": ""}),
    Case("atom of several pages", atom("<entry><id>1</id><title>x</title><link rel='alternate' type='application/json' href='/1.json'/>"
         "<link rel='alternate' type='text/html' href='/1.html'/></entry>"), {"0.url": "https://blog.example/1.html"}),
    Case("pages, hub and self", atom("<entry><id>1</id><title>x</title></entry>", _PAGED), {
         "older": "https://blog.example/feeds/all.xml?page=2", "hubs": ("https://hub.example/",),
         "address": "https://blog.example/feeds/all.atom"}),
    Case("hub and self in rss", rss("", "<atom:link rel='hub' href='https://hub.example/'/><atom:link rel='self' href='/rss'/>",
         names="xmlns:atom='http://www.w3.org/2005/Atom'"), {"hubs": ("https://hub.example/",), "address": "https://blog.example/rss"}),
    Case("a cloud", rss("", "<cloud domain='rpc.example' port='80' path='/rssCloud/pleaseNotify' registerProcedure='' protocol='http-post'/>"),
         {"cloud.domain": "rpc.example", "cloud.path": "/rssCloud/pleaseNotify", "cloud.protocol": "http-post"}),
    Case("ttl, hours and days", rss("", "<ttl>60</ttl><skipHours><hour>0</hour><hour>24</hour><hour>3</hour></skipHours>"
         "<skipDays><day>Sunday</day></skipDays>"), {"ttl": 60, "skip_hours": frozenset({0, 3}), "skip_days": frozenset({6})}),
    Case("how often by the syndication module", rss("", "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>",
         names="xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'"), {"ttl": 720}),
    Case("the whole text and a summary", rss("<item><title>x</title><description>Short</description><content:encoded><![CDATA[<p>Long</p>]]>"
         "</content:encoded></item>", names="xmlns:content='http://purl.org/rss/1.0/modules/content/'"),
         {"0.html": "<p>Long</p>", "0.summary": "<p>Short</p>"}),
    Case("markdown beside it", rss("<item><description>&lt;p&gt;&lt;em&gt;Hi&lt;/em&gt;&lt;/p&gt;</description>"
         "<source:markdown>*Hi*</source:markdown></item>", names="xmlns:source='http://source.scripting.com/'"), {"0.markdown": "*Hi*"}),
    Case("an author by mail", rss("<item><title>x</title><author>ann@blog.example (Ann Lee)</author></item>"), {"0.authors.0.name": "Ann Lee"}),
    Case("an author by mail alone", rss("<item><title>x</title><author>ann@blog.example</author></item>"), {"0.authors.0.name": "ann"}),
    Case("a podcast", rss("<item><title>x</title><enclosure url='https://blog.example/a.mp3' length='' type='audio/mpeg'/>"
         "<itunes:duration>1:02:03</itunes:duration><itunes:explicit>yes</itunes:explicit></item>", "<itunes:image href='/i.png'/>",
         names="xmlns:itunes='http://www.itunes.com/DTDs/PodCast-1.0.dtd'"),
         {"0.enclosures.0.seconds": 3723.0, "0.enclosures.0.size": 0, "icon": "https://blog.example/i.png", "0.sensitive": True}),
    Case("pictures of media rss", rss("<item><title>x</title><media:group><media:content url='/a.jpg' medium='image' width='10' height='20'>"
         "<media:description>A cat</media:description></media:content></media:group></item>", names=_MRSS),
         {"0.enclosures.0.url": "https://blog.example/a.jpg", "0.enclosures.0.alt": "A cat", "0.enclosures.0.width": 10}),
    Case("an enclosure said twice", rss("<item><title>x</title><enclosure url='/a.jpg' type='image/jpeg' length='5'/><media:content "
         "url='/a.jpg' width='9'/></item>", names=_MRSS), {"0.enclosures.0.width": 9, "0.enclosures.0.size": 5, "0.enclosures": 1}),
    Case("an answer", atom("<entry><id>2</id><title>x</title><thr:in-reply-to ref='tag:other,1' href='https://other.example/1'/></entry>",
         "", "xmlns:thr='http://purl.org/syndication/thread/1.0'"), {"0.answers.id": "tag:other,1", "0.answers.url": "https://other.example/1"}),
    Case("a date of two-digit year and a zone by name", rss("<item><title>x</title><pubDate>Sat, 21 Nov 26 07:00 EST</pubDate></item>"),
         {"0.published": _NOON}),
    Case("a date in german", rss("<item><title>x</title><pubDate>Sa, 5 Dez 2026 12:00:00 +0000</pubDate></item>"), {"0.published": _NOON + 14 * 86_400_000}),
    Case("a day alone", rss("<item><title>x</title><dc:date>2026-11-21</dc:date></item>"), {"0.published": _NOON}),
    Case("a date that is none", rss("<item><title>x</title><pubDate>yesterday at tea</pubDate></item>"), {"0.published": None}),
    Case("tags said twice", rss("<item><title>x</title><category>Tea</category><category>tea</category><category/></item>"), {"0.tags": ("Tea",)}),
    Case("the address before feedburner", rss("<item><title>x</title><link>https://feedproxy.example/~r/1</link><feedburner:origLink>"
         "https://blog.example/1</feedburner:origLink></item>", names="xmlns:feedburner='http://rssnamespace.org/feedburner/ext/1.0'"),
         {"0.url": "https://blog.example/1"}),
    Case("a link of atom within rss", rss("<item><title>x</title><atom:link rel='alternate' href='/1'/></item>",
         names="xmlns:atom='http://www.w3.org/2005/Atom'"), {"0.url": "https://blog.example/1"}),
    Case("a feed that has moved", rss("", "<itunes:new-feed-url>https://new.example/rss</itunes:new-feed-url>",
         names="xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'"), {"moved_to": "https://new.example/rss"}),
    Case("one entry of atom alone", b"<entry xmlns='http://www.w3.org/2005/Atom'><id>1</id><title>x</title></entry>", {"entries": 1, "0.id": "1"}),
]  # fmt: skip
