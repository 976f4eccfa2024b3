"""Linked data on the wire, judged by rdflib: whatever text is in it, both spellings say the same and no more."""

import rdflib
from hypothesis import given
from hypothesis import strategies as st
from rdflib.compare import isomorphic

from scattershot.protocols.feeds.wire.triples import PREFIXES, TYPE, Graph, Iri, Text, Word, language
from scattershot.protocols.feeds.wire.triples_out import write_json_ld, write_turtle

WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=40)
ADDRESSES = st.one_of(WORDS, st.just("https://a.example/u/1"), WORDS.map(lambda text: f"https://a.example/{text}"))


def both(graph: Graph) -> tuple[rdflib.Graph, rdflib.Graph]:
    turtle = rdflib.Graph().parse(data=write_turtle(graph), format="turtle")
    return turtle, rdflib.Graph().parse(data=write_json_ld(graph), format="json-ld")


@given(st.lists(st.tuples(ADDRESSES, ADDRESSES, WORDS, st.sampled_from(["", "de", "x-klingon", "not a tag"]))))
def test_no_text_or_address_breaks_out_of_its_place(said: list[tuple[str, str, str, str]]) -> None:
    graph = Graph()
    for about, to, text, tag in said:
        graph.say(Iri(about), "foaf:knows", Iri(to))
        graph.say(Iri(about), "foaf:name", Text(text, language(tag)))
    turtle, _ = both(graph)
    predicates = {str(each) for each in turtle.predicates()}
    assert predicates <= {f"{PREFIXES['foaf']}knows", f"{PREFIXES['foaf']}name"}
    texts = {text for _, _, text, _ in said if text}
    assert {str(each) for each in turtle.objects(None, rdflib.FOAF.name)} <= texts


def test_turtle_and_json_ld_say_the_same() -> None:
    graph, me = Graph(), Iri("https://a.example/u/1#me")
    other = graph.blank()
    graph.say(me, TYPE, Word("foaf:Person"))
    graph.say(me, "foaf:name", Text('Ann "the\\quick"\n\t', "en"), Text("Ännchen"), Text(""))
    graph.say(me, "foaf:knows", other, None)
    graph.say(other, "foaf:account", Iri("https://b.example/ü?a=1&b=2"), Iri("javascript alert"), Iri('x:"><y'))
    graph.say(me, "dcterms:created", Text("2026-11-21T13:00:00.000Z", type="xsd:dateTime"))
    turtle, json_ld = both(graph)
    assert isomorphic(turtle, json_ld)
    assert len(turtle) == 6
    assert turtle.value(rdflib.URIRef(me.name), rdflib.DCTERMS.created).toPython().year == 2026  # type: ignore[union-attr]


def test_a_tag_of_a_language_is_one_or_none() -> None:
    assert [language(each) for each in ("de", "pt-BR", "d e", "", '"@x')] == ["de", "pt-BR", "", "", ""]
