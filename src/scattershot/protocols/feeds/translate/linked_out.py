"""A microblog as linked data: who it is in FOAF, its account, posts and whom it follows in SIOC.

The address of the microblog stands for its account, as it does in ActivityPub; whoever speaks by it is `#me` of that.
"""

from collections.abc import Sequence
from typing import NamedTuple

from scattershot.domain.microblog import Profile, Voice
from scattershot.protocols.feeds.translate.feeds_out import Shown
from scattershot.protocols.feeds.wire.triples import TYPE, Graph, Iri, Text, Word, language
from scattershot.wirekit.dates import rfc3339
from scattershot.wirekit.html import plain_text

_AGENTS = {Voice.PERSON: "foaf:Person", Voice.GROUP: "foaf:Group", Voice.ORGANIZATION: "foaf:Organization"}


class Ties(NamedTuple):
    """Whom a microblog follows and who follows it, as far as that is shown; `here` are the addresses of those who are
    kept on this node."""

    following: Sequence[Profile] = ()
    followers: Sequence[Profile] = ()
    here: frozenset[str] = frozenset()


class Place(NamedTuple):
    """Where things are: the origin of the node, and the page of the microblog."""

    origin: str
    page: str


def graph_of(profile: Profile, place: Place, ties: Ties, posts: Sequence[Shown]) -> Graph:
    """All that is said of it."""
    graph, account = Graph(), Iri(profile.id.value)
    document = Iri(f"{place.page}.ttl")
    me = _agent(profile)
    graph.say(document, TYPE, Word("foaf:PersonalProfileDocument"))
    graph.say(document, "foaf:primaryTopic", me)
    _say_who(graph, me, account, profile, place)
    _say_account(graph, account, me, profile, place)
    _say_ties(graph, me, account, ties)
    for shown in posts:
        _say_post(graph, account, shown, place)
    return graph


def _agent(profile: Profile) -> Iri:
    return Iri(f"{profile.id.value}#me")


def _say_who(graph: Graph, me: Iri, account: Iri, profile: Profile, place: Place) -> None:
    graph.say(me, TYPE, Word(_AGENTS.get(profile.voice, "foaf:Agent")))
    graph.say(me, "foaf:name", Text(profile.title))
    graph.say(me, "foaf:nick", Text(profile.name))
    graph.say(me, "foaf:account", account)
    graph.say(me, "foaf:weblog", Iri(place.page))
    graph.say(me, "foaf:depiction", Iri(profile.avatar))
    graph.say(me, "dcterms:description", Text(plain_text(profile.bio)))


def _say_account(graph: Graph, account: Iri, me: Iri, profile: Profile, place: Place) -> None:
    graph.say(account, TYPE, Word("sioc:UserAccount"), Word("foaf:OnlineAccount"))
    graph.say(account, "sioc:account_of", me)
    graph.say(account, "sioc:name", Text(profile.title))
    graph.say(account, "foaf:accountName", Text(str(profile.handle).removeprefix("@")))
    graph.say(account, "foaf:accountServiceHomepage", Iri(f"{place.origin}/"))
    graph.say(account, "sioc:avatar", Iri(profile.avatar))
    graph.say(account, "sioc:link", Iri(place.page))
    graph.say(account, "sioc:feed", *(Iri(f"{place.page}.{form}") for form in ("rss", "atom", "json")))
    graph.say(account, "rdfs:seeAlso", Iri(f"{place.page}.ttl"), Iri(f"{place.page}.jsonld"))
    if profile.created is not None:
        graph.say(account, "dcterms:created", _moment(profile.created))


def _say_ties(graph: Graph, me: Iri, account: Iri, ties: Ties) -> None:
    """Who follows whom; those who follow each other know each other, as FOAF means it."""
    both = {each.id for each in ties.following} & {each.id for each in ties.followers}
    for each in ties.following:
        other = Iri(each.id.value)
        graph.say(account, "sioc:follows", other)
        if each.id in both:
            agent = _agent(each) if each.id.value in ties.here else graph.blank()
            graph.say(me, "foaf:knows", agent)
            graph.say(agent, TYPE, Word(_AGENTS.get(each.voice, "foaf:Agent")))
            graph.say(agent, "foaf:name", Text(each.title))
            graph.say(agent, "foaf:account", other)
    for each in ties.followers:
        graph.say(Iri(each.id.value), "sioc:follows", account)
    for each in {each.id: each for each in (*ties.following, *ties.followers)}.values():
        other = Iri(each.id.value)
        graph.say(other, TYPE, Word("sioc:UserAccount"))
        graph.say(other, "foaf:accountName", Text(str(each.handle).removeprefix("@")))
        graph.say(other, "sioc:link", Iri(each.url))


def _say_post(graph: Graph, account: Iri, shown: Shown, place: Place) -> None:
    post, this = shown.post, Iri(shown.post.id.value)
    graph.say(account, "sioc:creator_of", this)
    graph.say(this, TYPE, Word("sioc:Post"), Word("sioct:MicroblogPost"))
    graph.say(this, "sioc:has_creator", account)
    graph.say(this, "dcterms:title", Text(post.title, language(post.language)))
    graph.say(this, "dcterms:created", _moment(post.published))
    if post.edited is not None:
        graph.say(this, "dcterms:modified", _moment(post.edited))
    words = post.warning or plain_text(post.html)  # behind a warning, nothing but it: who reads this sees no button
    graph.say(this, "sioc:content", Text(words, language(post.language)))
    graph.say(this, "sioc:link", Iri(shown.page))
    if post.reply_to is not None:
        graph.say(this, "sioc:reply_of", Iri(post.reply_to.value))
    graph.say(this, "sioc:topic", *(Iri(f"{place.origin}/tags/{tag.lower()}") for tag in post.tags))


def _moment(millis: int) -> Text:
    return Text(rfc3339(millis), type="xsd:dateTime")
