"""What is played on the stage: a street of people from several nodes, with one of everything that a page can show."""

from dataclasses import dataclass

from scattershot.app.drafts import Planned
from scattershot.app.publish import Draft
from scattershot.domain.change import Boosted, FollowAnswered, Followed, Liked, Posted
from scattershot.domain.ids import MicroblogId, Millis, PostId
from scattershot.domain.lists import List
from scattershot.domain.microblog import Emoji, Field
from scattershot.domain.post import Attachment, Audience, Mention, Option, Poll, Post
from scattershot.domain.reading import Refused
from scattershot.domain.wire_id import ACTIVITYPUB, WireId
from tests.web.stage import PASSWORD, Stage, draw

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
ARTICLE = """## Why

Because a *small* node is a **garden**, not a factory.

- it is yours
- it is quiet at night
- [it talks to others](https://far.example/)

> Nobody owns the sea.

```
./scattershot run
```"""


@dataclass
class Scene:
    """Who and what is there, for those who ask by name."""

    stage: Stage
    ann: MicroblogId
    bob: MicroblogId
    thread: PostId
    answer: PostId
    poll: PostId
    pictures: PostId
    article: PostId
    list: int = 0
    draft: int = 0
    mine: int = 0
    blocks: int = 0


async def play(stage: Stage) -> Scene:
    """Fill the stage; afterwards everything has come to everybody."""
    ann, bob, carol = [await stage.person(name, admin=name == "ann") for name in ("ann", "bob", "carol")]
    await _present(stage)
    for whom in (bob, carol):
        await stage.follow(ann, whom)
        await stage.follow(whom, ann)
    far = await _elsewhere(stage)
    for each in far.values():
        found = await stage.node.discover.known(each.value)
        assert found is not None
        assert found.microblog is not None
        await stage.follow(ann, found.microblog)
        await stage.apply(FollowAnswered(actor=each, follower=await _wire_id(stage, "ann"), accepted=True))
    await _old_posts(stage, far)
    thread, answer = await _talk(stage, ann, bob, carol)
    bridges = Poll((Option("The old one"), Option("The new one"), Option("Neither, sleep")))
    poll = await stage.say(bob, "Which bridge at sunrise? #herons", poll=bridges)
    article = await stage.say(carol, ARTICLE, title="A small node is a garden", source_type="text/markdown")
    await stage.say(bob, "The last page of the book: everybody lives.", warning="Spoiler for the book")
    await stage.say(carol, "Only for those who follow me: the key is under the third pot.", Audience.FOLLOWERS)
    quoted = await stage.say(ann, "The bakery on the corner opens at six. #bread #morning")
    await stage.say(bob, "Good to know, and the queue begins at five.", quote=quoted)
    asked = await stage.say(bob, "@ann shall we meet there at half past?", Audience.MENTIONED)
    await stage.say(ann, "@bob with pleasure. I bring the tea.", Audience.MENTIONED, reply_to=asked)
    for who in (bob, carol):
        await stage.node.publisher.like(who, quoted, "test")
    await stage.node.publisher.like(bob, quoted, "test", "🎉")
    await stage.node.publisher.boost(bob, quoted, "test")
    pictures = await _pictures(stage, far)
    await stage.settle()
    scene = Scene(stage, ann, bob, thread, answer, poll, pictures, article, mine=quoted)
    await _draft(scene)
    await _shelve(scene)
    scene.blocks = await _follow_a_list(stage)
    await stage.settle()
    return scene


async def _follow_a_list(stage: Stage) -> int:
    """A list of domains, of which nothing is taken over yet; a line of it cannot be read."""
    node = stage.node
    number = await node.followed_lists.follow(f"{stage.blocks}?and=more", by_itself=False)
    assert isinstance(number, int)
    assert await node.followed_lists.read_now(number)
    return number


async def _present(stage: Stage) -> None:
    from msgspec.structs import replace

    for name, title, bio in (
        ("ann", "Ann Ahearn", "<p>Counts herons. Bakes on Sundays. Posts in English e in italiano.</p>"),
        ("bob", "Bob of the Bridge", '<p>Mends fences, <a href="https://bob.example/">writes it down</a>.</p>'),
        ("carol", "Carol 🌿", "<p>Gardener.</p>"),
    ):
        face = await stage.node.timelines.named(name)
        assert face is not None
        profile = replace(face.profile, display_name=title, bio=bio, discoverable=True, indexable=True)
        if name == "bob":
            fields = (
                Field("Home", '<a href="https://bob.example/" rel="me">bob.example</a>', Millis(1_790_000_000_000)),
                Field("Pronouns", "he/him"),
            )
            profile = replace(profile, fields=fields)
        await stage.node.publisher.change_profile(profile, "test")


async def _elsewhere(stage: Stage) -> dict[str, WireId]:
    cat = (Emoji("cat", stage.picture("64x64-orange")),)
    made = {
        "dana": {"display_name": "Dana :cat:", "emojis": cat, "avatar": stage.picture("120x120-teal"),
                 "header": stage.picture("900x300-slateblue"), "bio": "<p>Photographs weather.</p>"},
        "yusuf": {"display_name": "يوسف", "avatar": stage.picture("120x120-darkred"), "bio": "<p>أكتب عن البحر</p>"},
        "a_very_long_name_that_does_not_end_soon": {"display_name": "Somebody whose name no phone shows whole, " * 2},
    }  # fmt: skip
    return {name: await stage.elsewhere(name, **more) for name, more in made.items()}


def _post(stage: Stage, author: WireId, number: int, html: str, ago: int, **more: object) -> Post:
    now = stage.node.drivers.clock.now()
    url = f"https://{author.value.split('/')[2]}/p/{number}"
    made = {"published": Millis(now - ago), "audience": Audience.PUBLIC, "url": url, **more}
    return Post(id=WireId(ACTIVITYPUB, url), author=author, html=html, **made)  # type: ignore[arg-type]


async def _old_posts(stage: Stage, far: dict[str, WireId]) -> None:
    dana, yusuf, long = far.values()
    for n in range(14):
        tag = '<a href="https://far.example/tags/swifts" class="mention hashtag">#swifts</a>'
        html = f"<p>Day {n} of counting swifts: {n * 7 % 11}. {tag}</p>"
        await stage.apply(
            Posted(actor=dana, post=_post(stage, dana, n, html, (20 - n) * DAY, tags=("swifts",), language="en"))
        )
    await stage.apply(
        Posted(
            actor=yusuf,
            post=_post(
                stage,
                yusuf,
                40,
                "<p>صباح الخير من الميناء. البحر هادئ اليوم والسفن تنتظر.</p>",
                3 * HOUR,
                language="ar",
            ),
        )
    )
    await stage.apply(
        Posted(
            actor=long,
            post=_post(
                stage,
                long,
                41,
                "<p>"
                + "Donaudampfschifffahrtsgesellschaftskapitän" * 4
                + "</p><p>https://far.example/"
                + "a" * 120
                + "</p>",
                2 * HOUR,
                language="de",
            ),
        )
    )
    ended = Poll(
        (Option("Tea", 31), Option("Coffee", 12)), ends=Millis(stage.node.drivers.clock.now() - DAY), voters=43
    )
    await stage.apply(
        Posted(
            actor=dana,
            post=_post(
                stage,
                dana,
                42,
                "<p>Tea or coffee? :cat:</p>",
                2 * DAY,
                poll=ended,
                emojis=(Emoji("cat", stage.picture("64x64-orange")),),
            ),
        )
    )


async def _talk(stage: Stage, ann: MicroblogId, bob: MicroblogId, carol: MicroblogId) -> tuple[PostId, PostId]:
    """A conversation with two branches; the post that starts it, and one in its middle."""
    start = await stage.say(bob, "I mended the fence. The goat is not impressed. #goat")
    first = await stage.say(ann, "Goats never are. What did you use?", reply_to=start)
    answer = await stage.say(bob, "Hazel, as always. It bends before it breaks.", reply_to=first)
    await stage.say(carol, "I have some left from the spring, come by.", reply_to=answer)
    await stage.say(ann, "So does the goat.", reply_to=answer)
    other = await stage.say(carol, "Does she still eat hats?", reply_to=start)
    await stage.say(bob, "Mine. Two of them.", reply_to=other)
    return start, answer


async def _pictures(stage: Stage, far: dict[str, WireId]) -> PostId:
    dana = far["dana"]
    alts = ("Hills at dusk under a pale sun", "The same hills in fog", "", "A road that bends to the left")
    four = tuple(
        Attachment(stage.picture(f"800x600-{colour}"), "image/png", alt, 800, 600, blurhash="")
        for colour, alt in zip(("steelblue", "rosybrown", "seagreen", "goldenrod"), alts, strict=True)
    )
    await stage.apply(
        Posted(
            actor=dana, post=_post(stage, dana, 50, "<p>Four times the same hill.</p>", 30 * MINUTE, attachments=four)
        )
    )
    veiled = (Attachment(stage.picture("600x900-indianred"), "image/png", "A storm", 600, 900),)
    await stage.apply(
        Posted(
            actor=dana,
            post=_post(stage, dana, 51, "<p>Not for everybody.</p>", 25 * MINUTE, attachments=veiled, sensitive=True),
        )
    )
    tall = (Attachment(stage.picture("1200x500-cadetblue"), "image/png", "A wide valley with one house", 1200, 500),)
    mention = Mention(await _wire_id(stage, "ann"), "@ann", f"{stage.origin}/@ann")
    html = f'<p><a href="{stage.origin}/@ann" class="u-url mention">@ann</a> this is the valley I told you of.</p>'
    wide = _post(stage, dana, 52, html, 20 * MINUTE, attachments=tall, mentions=(mention,))
    await stage.apply(Posted(actor=dana, post=wide))
    await stage.apply(Boosted(actor=far["yusuf"], post=wide.id, at=stage.node.drivers.clock.now()))
    await stage.apply(Liked(actor=far["yusuf"], post=wide.id))
    await stage.apply(Followed(actor=far["yusuf"], target=mention.id))
    found = await stage.node.discover.known("https://far.example/p/50")
    assert found is not None
    assert found.post is not None
    return found.post


async def _wire_id(stage: Stage, name: str) -> WireId:
    face = await stage.node.timelines.named(name)
    assert face is not None
    return face.profile.id


async def _draft(scene: Scene) -> None:
    """What ann did not post yet, with a picture that says what it shows, a poll and a post that follows."""
    node = scene.stage.node
    receiving = node.media.receiving()
    await receiving.add(draw(400, 300, "steelblue"))
    await receiving.end()
    kept = await node.media.take(scene.ann, receiving, alt="Hills at noon")
    assert not isinstance(kept, Refused), kept
    person = await node.people.sign_in("ann", PASSWORD, "a test")
    assert not isinstance(person, Refused)
    soon = Poll((Option("East"), Option("West")), ends=Millis(node.drivers.clock.now() + DAY))
    draft = Draft("Which way do the hills lie?", poll=soon, media=(kept.id,))
    made = await node.drafts.keep(scene.ann, person.person.id, Planned(draft, DAY, (Draft("And why?"),)))
    assert not isinstance(made, Refused), made
    scene.draft = made.id


async def _shelve(scene: Scene) -> None:
    """What ann keeps, and a list of hers."""
    from scattershot.app.lists import Lists
    from scattershot.app.shelves import Shelves

    node = scene.stage.node
    shelves = Shelves(node.drivers.database, node.drivers.clock, node.timelines)
    for post in (scene.thread, scene.pictures):
        assert await shelves.keep(scene.ann, post) is None
    await node.publisher.like(scene.ann, scene.thread, "test")
    lists = Lists(node.drivers.database)
    made = await lists.make(scene.ann, "The street")
    assert isinstance(made, List), made
    assert not isinstance(await lists.add(scene.ann, made.id, [scene.bob]), Refused)
    assert isinstance(await lists.change(scene.ann, made.id, open_=True), List)
    scene.list = made.id
