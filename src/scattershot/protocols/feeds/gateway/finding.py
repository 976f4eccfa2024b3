"""What a person typed: the address of a feed, or of a page that has one; and the feed of that name."""

from scattershot.app.lately import Lately
from scattershot.domain.change import Edited, Posted, ProfileChanged
from scattershot.domain.ids import Millis
from scattershot.domain.reading import Changes, Reading, Refused
from scattershot.domain.source import LONGEST_ADDRESS
from scattershot.domain.wire_id import FEEDS, WireId
from scattershot.ports.clock import Clock
from scattershot.ports.sources import Failed
from scattershot.protocols.feeds.gateway.gathering import Found, Gathering
from scattershot.protocols.feeds.translate.feeds_in import changes_of, enveloped, feed_in, profile_of
from scattershot.protocols.feeds.wire.feed import Feed, NotAFeed
from scattershot.protocols.feeds.wire.reading import read_page
from scattershot.wirekit.page_head import absolute, head_of, text_of
from scattershot.wirekit.urls import normal_url, same_origin

MAX_TRIED = 3
"""Feeds of one page that are tried."""
_ACTIVITY = ("application/activity+json", 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"')
_OURS = Refused("loop", "That is a feed of this node itself: follow whoever writes it.")
_WORDS = {
    "dns": "there is no server of that name",
    "refused": "nobody answers there",
    "timeout": "it does not answer in time",
    "tls": "its certificate is not good",
    "too_large": "it is too large",
    "private_address": "its address is a private one, with which this node does not deal",
    "redirects": "it leads from one address to the next",
}


class Finding:
    """Finds feeds."""

    def __init__(self, gathering: Gathering, clock: Clock) -> None:
        self._gathering, self._clock = gathering, clock
        self._found: Lately[str, Found] = Lately(50)
        """What was found and is about to be fetched, so that it is not asked for twice."""

    async def find(self, text: str) -> WireId | Refused:
        """As `ports.protocol.Tongue.find` says; a refusal's detail is a sentence for people."""
        address = _typed(text)
        if address is None:
            return Refused("not_a_name", f"{text[:200]!r} is no address.")
        found = await self._gathering.get(address)
        if isinstance(found, Failed):
            return _refused(found, address)
        if found.answer.status != 200:
            return Refused("not_found", f"{address} answers {found.answer.status}.")
        if isinstance(_feed(found), Feed) and not _is_page(found):
            return self._noted(found)
        return await self._of_page(found, address)

    async def _of_page(self, found: Found, address: str) -> WireId | Refused:
        """The first feed that the page names, comments last; else the page itself where it marks up entries."""
        page = read_page(found.answer.body, found.answer.headers.get("content-type") or "", found.answer.url)
        links = sorted(page.links, key=lambda link: "comment" in f"{link.title} {link.address}".lower())
        for link in links[:MAX_TRIED]:
            there = normal_url(link.address, fragment=False)
            if there is None or len(there) > LONGEST_ADDRESS:
                continue
            if self._gathering.is_ours(there):
                return _OURS
            tried = await self._gathering.get(there)
            if not isinstance(tried, Failed) and tried.answer.status == 200 and isinstance(_feed(tried), Feed):
                return self._noted(tried)
        if page.feed is not None and page.feed.entries:
            return self._noted(found)
        return Refused("no_feed", f"{address} is neither a profile nor a post, and no feed that can be followed.")

    def _noted(self, found: Found) -> WireId:
        self._found[found.address] = found
        return WireId(FEEDS, found.address)

    async def fetch(self, name: WireId) -> Reading:
        """The feed as a microblog, or the entry of that name."""
        address, is_entry, _ = name.value.partition("#")
        found = self._found.pop(address, None) or await self._gathering.get(address)
        if isinstance(found, Failed):
            return Refused("unreachable" if found.why != "loop" else "loop", found.why)
        if found.answer.status != 200:
            return Refused("gone" if found.answer.status == 410 else "not_found", f"status {found.answer.status}")
        feed = _feed(found)
        if isinstance(feed, NotAFeed):
            return Refused(feed.why, feed.detail)
        changes = changes_of(feed, WireId(FEEDS, address), Millis(self._clock.now()))
        if is_entry:
            of_it = tuple(c for c in changes.changes if isinstance(c, Posted | Edited) and c.post.id == name)
            return changes._replace(changes=of_it) if of_it else Refused("not_found", "It is not in its feed any more.")
        first = changes.changes[0]
        profile = profile_of(feed, WireId(FEEDS, address), await self._actor(feed, address))
        return Changes((ProfileChanged(actor=first.actor, profile=profile),), changes.name)

    async def _actor(self, feed: Feed, address: str) -> str:
        """The ActivityPub actor that the feed's page names as its other form, where all are of one origin: what comes
        by both is known as one."""
        if not same_origin(feed.home, address) or feed.home == address:
            return ""
        found = await self._gathering.get(feed.home)
        if isinstance(found, Failed) or found.answer.status != 200 or not _is_page(found):
            return ""
        head = head_of(text_of(found.answer.body, found.answer.headers.get("content-type") or ""))
        other = absolute(head.linked("alternate", *_ACTIVITY), found.answer.url)
        return other if same_origin(other, address) else ""


def _typed(text: str) -> str | None:
    """The address meant: also with `feed:` before it, as browsers once had it."""
    text = text.strip()
    if text.lower().startswith("feed:"):
        text = text[5:]
        text = text if text.lower().startswith(("http://", "https://")) else f"https://{text.lstrip('/')}"
    address = normal_url(text, fragment=False)
    return address if address is not None and len(address) <= LONGEST_ADDRESS else None


def _feed(found: Found) -> Feed | NotAFeed:
    return feed_in(enveloped(found.answer.body, found.answer.headers.get("content-type") or "", found.answer.url))[1]


def _is_page(found: Found) -> bool:
    feed = _feed(found)
    return isinstance(feed, NotAFeed) or feed.format == "html"


def _refused(failed: Failed, address: str) -> Refused:
    if failed.why == "loop":
        return _OURS
    why = "unreachable" if failed.why != "too_large" else "too_large"
    return Refused(why, f"{address} cannot be had: {_WORDS.get(failed.why, 'something went wrong on the way')}.")
