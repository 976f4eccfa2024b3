"""Which form of a page is asked for: what people and other nodes ask for stays theirs."""

import pytest

from scattershot.protocols.feeds.wire.choosing import form_of

AS2 = "https://www.w3.org/ns/activitystreams"


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("", ""),
        ("*/*", ""),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", ""),
        ("application/activity+json", ""),
        (f'application/ld+json; profile="{AS2}"', ""),
        (f'application/activity+json, application/ld+json; profile="{AS2}"', ""),
        ("application/ld+json", ""),
        ('application/ld+json, application/ld+json; profile="http://xmlns.com/foaf/0.1/"', ""),
        ("application/json, text/turtle", ""),
        ("text/html, application/rss+xml", ""),
        ('application/ld+json; profile="http://xmlns.com/foaf/0.1/"', "jsonld"),
        ("text/turtle, application/rdf+xml;q=0.5, */*;q=0.1", "ttl"),
        ("TEXT/Turtle;q=1", "ttl"),
        ("application/rss+xml, text/html;q=0.8", "rss"),
        ("application/atom+xml", "atom"),
        ("application/feed+json", "json"),
    ],
)
def test_a_form_is_chosen_only_where_it_is_asked_for_first(accept: str, form: str) -> None:
    assert form_of(accept) == form
