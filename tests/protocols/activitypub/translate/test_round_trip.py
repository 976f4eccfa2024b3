"""Whatever we say, we understand when we hear it back: for every change, all that ActivityPub can carry."""

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from scattershot.domain.change import (
    Blocked,
    Boosted,
    Change,
    Deleted,
    Edited,
    FollowAnswered,
    Followed,
    Liked,
    Moved,
    Pinned,
    Posted,
    ProfileChanged,
    QuoteAnswered,
    QuoteAsked,
    ReplyAnswered,
    Reported,
    Unblocked,
    Unboosted,
    Undone,
    Unfollowed,
    Unliked,
    Unpinned,
    Vanished,
    Voted,
)
from scattershot.domain.ids import Millis
from scattershot.domain.microblog import Emoji, Field, Profile, VerifyKey, Voice
from scattershot.domain.post import Attachment, Audience, Form, Mention, Option, Poll, Post
from scattershot.domain.reading import Changes
from scattershot.domain.terms import ONLY_THE_AUTHOR, Circle, Rule, Terms
from scattershot.domain.wire_id import ACTIVITYPUB, WireId
from scattershot.protocols.activitypub.translate.actors_out import doors_of
from scattershot.protocols.activitypub.translate.from_change import activity_of
from scattershot.protocols.activitypub.translate.to_changes import read_activity
from scattershot.protocols.activitypub.wire.vocabulary import encode
from scattershot.wirekit.html import as_html, clean_html

LATER = 253_000_000_000_000
PEM = "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A\n-----END PUBLIC KEY-----\n"


def _named(address: str) -> WireId:
    return WireId(ACTIVITYPUB, address)


numbers = st.integers(1, 10**12)
moments = st.integers(1, LATER - 1).map(Millis)
actors = numbers.map(lambda n: _named(f"https://ours.example/u/{n}"))
posts = numbers.map(lambda n: _named(f"https://ours.example/p/{n}"))
own_ids = numbers.map(lambda n: _named(f"https://ours.example/c/{n}"))
others = st.builds(
    lambda host, n: _named(f"https://{host}/users/{n}"), st.sampled_from(["a.example", "b.example:8443"]), numbers
)
strange_posts = numbers.map(lambda n: _named(f"http://c.example/notes/{n}?x=1&y=2#z"))
pictures = numbers.map(lambda n: f"https://media.ours.example/{n}.png")
words = st.text("abcXYZ äö語🙂0123.,!?'\"-", min_size=1, max_size=40).map(lambda text: " ".join(text.split()))
filled = words.filter(bool)
lines = st.text("abc ä語<>&\"'\n🙂", max_size=80).map(lambda text: "\n".join(part.strip() for part in text.split("\n")))
markup = st.one_of(
    lines.map(as_html),
    filled.map(
        lambda text: clean_html(f'<p>{text} <a href="https://x.example/?a=1&amp;b=2" class="mention">x</a></p>')
    ),
)
languages = st.sampled_from(["en", "de", "pt-BR", "zh-Hant", "ja"])
shortcodes = st.from_regex(r"[a-z0-9_]{1,20}", fullmatch=True)
emojis = st.lists(st.builds(Emoji, shortcodes, pictures), max_size=3, unique_by=lambda emoji: emoji.shortcode).map(
    tuple
)
units = st.floats(-1, 1, allow_nan=False).map(lambda number: round(number, 4))
sides = st.one_of(st.just((0, 0)), st.tuples(st.integers(1, 65535), st.integers(1, 65535)))
attachments = st.builds(
    lambda url, media_type, alt, size, blurhash, focus, thumbnail, millis: Attachment(
        url, media_type, alt, size[0], size[1], blurhash, focus, thumbnail, duration=millis / 1000
    ),
    pictures,
    st.sampled_from(["image/png", "video/mp4", "audio/mpeg"]),
    words,
    sides,
    st.sampled_from(["", "UBL_:rOpGG-;yD%LsSkC"]),
    st.none() | st.tuples(units, units),
    st.just("") | pictures,
    st.integers(0, 10_000_000),
)
polls = st.builds(
    Poll,
    options=st.lists(st.builds(Option, filled, st.integers(0, 10**6)), min_size=1, max_size=5).map(tuple),
    multiple=st.booleans(),
    ends=st.none() | moments,
    closed=st.none() | moments,
    voters=st.integers(0, 10**6),
)


circles = st.lists(st.sampled_from([Circle.EVERYONE, Circle.FOLLOWERS, Circle.FOLLOWED]), unique=True, max_size=2)
people_named = st.lists(others, max_size=2, unique=True)


@st.composite
def rules(draw: st.DrawFn, always: tuple[WireId, ...] = ()) -> Rule:
    """As we write them: whoever may do it always is named, unless all may."""
    at_once = tuple(draw(circles.map(sorted)))
    named_at_once = tuple(draw(people_named))
    if Circle.EVERYONE not in at_once:
        named_at_once = tuple(dict.fromkeys((*named_at_once, *always)))
    return Rule(at_once, tuple(draw(circles.map(sorted))), named_at_once, tuple(draw(people_named)))


@st.composite
def whole_posts(draw: st.DrawFn, author: WireId) -> Post:
    form = draw(st.sampled_from(Form))
    this, published, html = draw(posts), draw(moments), draw(markup)
    people = draw(st.lists(others, max_size=4, unique=True))
    cut = draw(st.integers(0, len(people)))
    language = draw(languages | st.just(""))
    translations = draw(st.dictionaries(languages, markup.filter(lambda text: text not in ("", html)), max_size=2))
    translations.pop(language, None)
    warning = draw(words)
    source = draw(lines)
    audience = draw(st.sampled_from([one for one in Audience if one is not Audience.LOCAL]))
    reply_to, quote = draw(st.none() | strange_posts), draw(st.none() | strange_posts)
    replies = draw(rules(tuple(people[:cut])))
    return Post(
        id=this,
        author=author,
        published=published,
        audience=audience,
        terms=Terms(draw(rules()) if audience.is_open else ONLY_THE_AUTHOR, replies),
        html=html,
        form=form,
        url=draw(st.sampled_from(["", "https://ours.example/@ann/1"])),
        title=draw(words) if html else "",
        warning=warning,
        sensitive=draw(st.booleans()) or (form is Form.ARTICLE and bool(warning)),
        language=language if html else "",
        translations=translations if html else {},
        source=source,
        source_type=draw(st.sampled_from(["text/plain", "text/markdown"])) if source else "",
        reply_to=reply_to,
        reply_stamp=draw(st.none() | strange_posts) if reply_to else None,
        quote=quote,
        quote_stamp=draw(st.none() | strange_posts) if quote else None,
        conversation=draw(
            st.sampled_from(["", "https://ours.example/contexts/1", "tag:ours.example,2026:conversation=9"])
        ),
        mentions=tuple(Mention(person, f"@{draw(shortcodes)}@a.example") for person in people[:cut]),
        addressed=tuple(people[cut:]),
        tags=tuple(draw(st.lists(st.text("abcÄ語09_", min_size=1, max_size=12), max_size=4, unique_by=str.casefold))),
        attachments=tuple(draw(st.lists(attachments, max_size=3))),
        emojis=draw(emojis),
        poll=draw(polls) if form is Form.QUESTION else None,
        edited=draw(st.none() | moments.filter(lambda moment: moment != published)),
    )


profiles = st.builds(
    lambda actor, **more: Profile(id=actor, domain="ours.example", doors=doors_of(actor.value), **more),
    actors,
    name=st.from_regex(r"[a-z0-9_]{1,30}", fullmatch=True),
    display_name=words,
    bio=markup,
    url=st.sampled_from(["", "https://ours.example/@ann"]),
    voice=st.sampled_from(Voice),
    locked=st.booleans(),
    discoverable=st.booleans(),
    indexable=st.booleans(),
    avatar=st.just("") | pictures,
    header=st.just("") | pictures,
    fields=st.lists(st.builds(Field, filled, markup), max_size=4).map(tuple),
    emojis=emojis,
    also_known_as=st.lists(others.map(lambda other: other.value), max_size=3, unique=True).map(tuple),
    moved_to=st.just("") | others.map(lambda other: other.value),
    created=st.none() | moments,
    bio_source=lines,
    memorial=st.booleans(),
    attribution_domains=st.lists(st.sampled_from(["a.example", "b.example:8443"]), unique=True).map(tuple),
    keys=st.sampled_from([
        (),
        (VerifyKey("https://ours.example/u/1#main-key", "rsa", PEM),),
        (
            VerifyKey("https://ours.example/u/1#main-key", "rsa", PEM),
            VerifyKey("https://ours.example/u/1#ed", "ed25519", "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"),
        ),
    ]),
)  # fmt: skip


@st.composite
def changes(draw: st.DrawFn) -> Change:
    actor, this = draw(actors), draw(own_ids)
    other, own_post, post = draw(others), draw(posts), draw(strange_posts)
    earlier, emoji = draw(st.none() | own_ids), draw(st.sampled_from(["", "🙂", ":blobcat:"]))
    kind = draw(st.integers(0, 24))
    match kind:
        case 0:
            whole = draw(whole_posts(actor))
            return Posted(actor=actor, id=_named(whole.id.value + "/create"), post=whole)
        case 1:
            return Edited(actor=actor, id=this, post=draw(whole_posts(actor)))
        case 2:
            return Deleted(actor=actor, id=this, post=own_post)
        case 3:
            audience = draw(st.sampled_from([Audience.PUBLIC, Audience.UNLISTED, Audience.FOLLOWERS]))
            return Boosted(actor=actor, id=this, post=post, at=draw(moments), audience=audience)
        case 4:
            return Unboosted(actor=actor, id=this, post=post, boost=draw(own_ids))
        case 5:
            picture = draw(pictures) if emoji.startswith(":") else ""
            return Liked(actor=actor, id=this, post=post, emoji=emoji, picture=picture)
        case 6:
            return Unliked(actor=actor, id=this, post=post, emoji=emoji, like=draw(own_ids))
        case 7:
            return Voted(actor=actor, id=this, post=post, choice=draw(filled))
        case 8:
            return Followed(actor=actor, id=this, target=other)
        case 9:
            follower = draw(others)
            return FollowAnswered(actor=actor, id=this, follower=follower, accepted=draw(st.booleans()), follow=earlier)
        case 10:
            return FollowAnswered(actor=actor, id=this, follower=None, accepted=draw(st.booleans()), follow=other)
        case 11:
            return Unfollowed(actor=actor, id=this, target=other, follow=draw(own_ids))
        case 12:
            return Blocked(actor=actor, id=this, target=other)
        case 13:
            return Unblocked(actor=actor, id=this, target=other, block=draw(own_ids))
        case 14:
            profile = draw(profiles)
            return ProfileChanged(actor=profile.id, id=this, profile=profile)
        case 15:
            return Vanished(actor=actor, id=this)
        case 16:
            return Moved(actor=actor, id=this, target=other)
        case 17:
            reported = tuple(draw(st.lists(strange_posts, max_size=3, unique=True)))
            return Reported(actor=actor, id=this, targets=(other,), posts=reported, comment=draw(lines).strip())
        case 18:
            return Pinned(actor=actor, id=this, post=own_post)
        case 19:
            return Unpinned(actor=actor, id=this, post=own_post)
        case 20:
            quoting = replace(draw(whole_posts(actor)), quote=post)
            return QuoteAsked(actor=actor, id=this, quoting=quoting.id, quoted=post, post=quoting)
        case 21:
            accepted = draw(st.booleans())
            stamp = draw(own_ids) if accepted else None
            return QuoteAnswered(
                actor=actor, id=this, accepted=accepted, quoting=post, quoted=own_post, asked=other, stamp=stamp
            )
        case 22:
            return Deleted(actor=actor, id=this, post=draw(own_ids))
        case 23:
            accepted = draw(st.booleans())
            stamp = draw(own_ids) if accepted else None
            return ReplyAnswered(
                actor=actor, id=this, reply=post, accepted=accepted, parent=own_post, asked=other, stamp=stamp
            )
        case _:
            return Undone(actor=actor, id=this, change=draw(own_ids))


@given(changes(), st.lists(others, max_size=2))
@settings(max_examples=400, deadline=None)
def test_what_we_say_is_what_we_hear(change: Change, to: list[WireId]) -> None:
    said = activity_of(change, to)
    assert said is not None
    heard = read_activity(encode(said), change.actor, "ours.example", at=LATER)
    assert heard == Changes((change,), said["id"])


@given(changes())
@settings(max_examples=100, deadline=None)
def test_a_change_without_an_id_is_given_one_that_follows_from_what_it_says(change: Change) -> None:
    first, again = activity_of(replace(change, id=None)), activity_of(replace(change, id=None))
    assert first is not None
    assert first == again
    assert first["id"].startswith("https://ours.example/")


@given(whole_posts(_named("https://ours.example/u/1")), numbers)
@settings(max_examples=50, deadline=None)
def test_a_post_for_this_node_never_leaves_it(post: Post, at: int) -> None:
    local = replace(post, audience=Audience.LOCAL)
    assert activity_of(Posted(actor=post.author, post=local)) is None
    assert activity_of(Edited(actor=post.author, post=local)) is None
    boost = Boosted(actor=post.author, post=post.id, at=Millis(at), audience=Audience.LOCAL)
    assert activity_of(boost) is None
