"""A microblog as linked data, judged by rdflib: who it is, whom it follows, what it wrote; and what it hides."""

from html import unescape

import pytest
import rdflib
from rdflib import FOAF, RDF, URIRef
from rdflib.compare import isomorphic

from scattershot.domain.post import Audience
from scattershot.testing.village import House, Village
from scattershot.wirekit.http_message import Response

SIOC = rdflib.Namespace("http://rdfs.org/sioc/ns#")
FORMS = {".ttl": "turtle", ".jsonld": "json-ld"}
FOAF_JSON = 'application/ld+json; profile="http://xmlns.com/foaf/0.1/"'


async def a_circle(village: Village) -> tuple[House, House]:
    """Ann follows Bob of another node, who follows back, and Cara of here follows Ann."""
    a, b = await village.house("a.example"), await village.house("b.example")
    await a.person("ann", display_name='Ann "of" tea', bio="<p>Likes <b>tea</b></p>")
    await a.person("cara")
    await b.person("bob")
    await a.follow("ann", "@bob@b.example")
    await b.follow("bob", "@ann@a.example")
    await a.follow("cara", "@ann@a.example")
    await village.settle()
    return a, b


def graph(answer: Response, form: str = "turtle") -> rdflib.Graph:
    assert answer.status == 200, answer
    return rdflib.Graph().parse(data=answer.body, format=form)


async def test_any_tool_for_linked_data_reads_who_somebody_is(village: Village) -> None:
    a, b = await a_circle(village)
    await a.post("ann", "Hello #tea", language="en")
    await a.post("ann", "Not for all", Audience.FOLLOWERS)
    await village.settle()
    read = {form: graph(await a.get(f"/@ann{end}", "*/*"), form) for end, form in FORMS.items()}
    assert isomorphic(read["turtle"], read["json-ld"])
    found = read["turtle"]
    ann, bob = ((await a.row("ann")).profile.id.value, (await b.row("bob")).profile.id.value)
    me, account = URIRef(f"{ann}#me"), URIRef(ann)
    assert (me, RDF.type, FOAF.Person) in found
    assert str(found.value(me, FOAF.name)) == 'Ann "of" tea'
    assert found.value(me, FOAF.account) == account
    assert str(found.value(account, FOAF.accountName)) == "ann@a.example"
    assert list(found.objects(account, SIOC.follows)) == [URIRef(bob)]
    assert {str(each) for each in found.subjects(SIOC.follows, account)} == {
        bob, (await a.row("cara")).profile.id.value,
    }  # fmt: skip
    [friend] = found.objects(me, FOAF.knows)
    assert found.value(friend, FOAF.account) == URIRef(bob), "Cara is followed by nobody: Ann does not say to know her"
    [post] = found.objects(account, SIOC.creator_of)
    assert str(found.value(post, SIOC.content)) == "Hello #tea"
    assert str(found.value(post, SIOC.topic)) == "https://a.example/tags/tea"


async def test_a_hidden_graph_is_hidden_here_too(village: Village) -> None:
    a, _ = await a_circle(village)
    await a.profile("ann", hides_graph=True)
    found = graph(await a.get("/@ann.ttl", "*/*"))
    assert not list(found.triples((None, SIOC.follows, None)))
    assert not list(found.triples((None, FOAF.knows, None)))
    assert found.value(predicate=FOAF.nick, object=rdflib.Literal("ann")) is not None


async def test_who_hides_whom_they_follow_is_not_named_among_followers(village: Village) -> None:
    a, b = await a_circle(village)
    await a.profile("cara", hides_graph=True)
    found = graph(await a.get("/@ann.ttl", "*/*"))
    bob = (await b.row("bob")).profile.id.value
    ann = (await a.row("ann")).profile.id.value
    assert [str(each) for each in found.subjects(SIOC.follows, URIRef(ann))] == [bob]


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/turtle", "text/turtle; charset=utf-8"),
        (FOAF_JSON, FOAF_JSON),
        ("application/rss+xml, */*;q=0.1", "application/rss+xml; charset=utf-8"),
        ("application/atom+xml", "application/atom+xml; charset=utf-8"),
        ("application/feed+json", "application/feed+json; charset=utf-8"),
        ('application/ld+json; profile="https://www.w3.org/ns/activitystreams"', "application/activity+json"),
        ("application/activity+json, text/turtle", "application/activity+json"),
        ("text/html, text/turtle", "text/html"),
        ("*/*", "text/html"),
    ],
)
async def test_one_address_is_whatever_is_asked_for(village: Village, accept: str, kind: str) -> None:
    a, _ = await a_circle(village)
    answer = await a.get("/@ann", accept)
    assert answer.status == 200
    assert (answer.headers.get("content-type") or "").startswith(kind)
    assert "Accept" in (answer.headers.get("vary") or "")


async def test_what_is_chosen_says_where_it_is_by_itself(village: Village) -> None:
    a, _ = await a_circle(village)
    post = await a.post("ann", "Hello")
    for path, accept, where in (
        ("/@ann", "text/turtle", "https://a.example/@ann.ttl"),
        ("/@ann", "application/atom+xml", "https://a.example/@ann.atom"),
        (f"/@ann/{post}", "application/rss+xml", f"https://a.example/@ann/{post}.rss"),
    ):
        answer = await a.get(path, accept)
        assert answer.headers.get("content-location") == where
        assert (await a.get(where.removeprefix("https://a.example"), "*/*")).body == answer.body


async def test_the_page_names_its_linked_data(village: Village) -> None:
    a, _ = await a_circle(village)
    page = unescape((await a.get("/@ann", "text/html")).body.decode())
    assert '<link rel="alternate" type="text/turtle" href="/@ann.ttl"' in page
    assert '<link rel="alternate" type="application/ld+json" href="/@ann.jsonld"' in page


@pytest.mark.parametrize("path", ["/@nobody.ttl", "/@bob@b.example.ttl", "/@%00.jsonld"])
async def test_there_is_none_of_who_is_not_kept_here(village: Village, path: str) -> None:
    a, _ = await a_circle(village)
    assert (await a.get(path, "*/*")).status == 404
