"""Who of a team wrote a post, in words for readers who know one author only and for those who know of writers."""

from typing import Any

import pytest
from msgspec.structs import replace

from scattershot.domain.ids import Millis
from scattershot.domain.microblog import Profile
from scattershot.domain.post import Audience, Mention, Post, may_name
from scattershot.domain.wire_id import WireId
from scattershot.protocols.activitypub.translate.actors_in import profile_of
from scattershot.protocols.activitypub.translate.actors_out import actor_of, doors_of
from scattershot.protocols.activitypub.translate.notes_in import post_of
from scattershot.protocols.activitypub.translate.notes_out import note_of
from scattershot.testing.factories import wire

TEAM, BEA = wire("https://ours.example/u/1"), wire("https://ours.example/u/2")
LINE = '<p class="byline">— <a href="https://ours.example/@bea" class="u-url">@bea@ours.example</a></p>'
POST = Post(
    id=wire("https://ours.example/p/42"),
    author=TEAM,
    published=Millis(1_795_168_800_123),
    audience=Audience.PUBLIC,
    html="<p>Bring cake</p>",
    language="en",
    translations={"de": "<p>Bringt Kuchen mit</p>"},
    writer=Mention(BEA, "@bea@ours.example", "https://ours.example/@bea"),
)


def heard(note: dict[str, Any]) -> Post:
    return post_of(note, TEAM.value, {}, 1_800_000_000_000)


def test_a_post_names_its_writer_beside_its_author_and_in_a_last_line() -> None:
    note = note_of(POST)
    assert note["attributedTo"] == TEAM.value
    assert note["writer"] == BEA.value
    assert note["content"] == f"<p>Bring cake</p>{LINE}"
    assert note["contentMap"] == {"en": f"<p>Bring cake</p>{LINE}", "de": f"<p>Bringt Kuchen mit</p>{LINE}"}
    assert not any(tag["type"] == "Mention" for tag in note.get("tag", [])), "a writer is not called out to"


def test_what_we_say_we_understand_without_the_last_line() -> None:
    post = heard(note_of(POST))
    assert (post.html, post.translations, post.language) == (POST.html, POST.translations, "en")
    assert post.writer == Mention(BEA)
    assert heard(note_of(replace(POST, html="", translations={}))).html == ""


def test_a_name_full_of_markup_stays_text() -> None:
    rude = Mention(BEA, '@a"><script>@x', 'https://ours.example/"onclick="x')
    line = note_of(replace(POST, writer=rude, language="", translations={}))["content"].removeprefix(
        "<p>Bring cake</p>"
    )
    assert "<script>" not in line
    assert line.count('"') == 6


@pytest.mark.parametrize("writer", [None, "", 7, [], {}, "not an address", TEAM.value, {"type": "Person"}, "x" * 9_000])
def test_what_names_no_other_writer_names_none_and_keeps_its_words(writer: object) -> None:
    note = {**note_of(replace(POST, writer=None)), "writer": writer, "content": f"<p>Mine</p>{LINE}"}
    post = heard(note)
    assert post.writer is None
    if writer != TEAM.value:
        assert "bea" in post.html


@pytest.mark.parametrize(
    "content",
    ["<p>a</p><p class=\"byline\">— b</p><p>c</p>", "<p class=\"byline\">a<p>b</p>", "<p class=\"byline\">a"],
)  # fmt: skip
def test_only_a_last_line_is_taken_for_one(content: str) -> None:
    post = heard({**note_of(POST), "content": content, "contentMap": {}})
    assert "a" in post.html


def test_an_actor_says_for_whom_it_writes() -> None:
    profile = Profile(id=BEA, name="bea", domain="ours.example", writes_for=(TEAM.value,), doors=doors_of(BEA.value))
    actor = actor_of(profile)
    assert actor["writesFor"] == [TEAM.value]
    read = profile_of(actor)
    assert isinstance(read, Profile)
    assert read.writes_for == (TEAM.value,)
    assert "writesFor" not in actor_of(replace(profile, writes_for=()))
    many = profile_of({**actor, "writesFor": [f"https://x.example/{number}" for number in range(999)] + [7, None]})
    assert isinstance(many, Profile)
    assert len(many.writes_for) == 256


def test_only_whoever_says_so_itself_may_be_named() -> None:
    def profile(name: WireId, *writes_for: str) -> Profile:
        return Profile(id=name, name="x", domain="ours.example", writes_for=writes_for)

    assert may_name(TEAM, profile(BEA, "https://other.example/u/1", TEAM.value))
    assert not may_name(TEAM, profile(BEA)), "neither a stranger nor a neighbour"
    assert not may_name(TEAM, profile(BEA, "https://other.example/u/1"))
    assert not may_name(TEAM, profile(TEAM, TEAM.value)), "an author needs no writer beside itself"
