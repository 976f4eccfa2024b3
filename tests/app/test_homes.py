"""What comes to a home timeline, as each follow says it is to be heard; followed tags; and who is told of new posts."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from scattershot.app.followed_tags import FollowedTags
from scattershot.app.lists import Lists
from scattershot.app.publish import Done
from scattershot.domain.change import Boosted, FollowAnswered, Moved, Posted
from scattershot.domain.follows import Wish, spelt_languages
from scattershot.domain.ids import MicroblogId, Millis, PostId
from scattershot.domain.node import Standing
from scattershot.domain.post import Audience, Post
from scattershot.domain.reading import Refused
from scattershot.domain.wire_id import ACTIVITYPUB, WireId
from scattershot.ports.database import Engine
from scattershot.storage.tables import microblogs, nodes, relations, shunned, timelines
from tests.engines import engine
from tests.frontends.web.node import Node, open_node

__all__ = ["engine"]

DAY = 86_400_000  # milliseconds


@pytest.fixture
async def node(engine: Engine) -> AsyncIterator[Node]:
    async with open_node(engine=engine) as opened:
        yield opened


@pytest.fixture
async def ann(node: Node) -> MicroblogId:
    return (await node.person("ann"))[1]


@pytest.fixture
async def bob(node: Node) -> MicroblogId:
    return (await node.person("bob"))[1]


@pytest.fixture
async def carol(node: Node) -> MicroblogId:
    return (await node.person("carol"))[1]


async def _follow(node: Node, who: MicroblogId, whom: MicroblogId, **wishes: Any) -> None:
    if "languages" in wishes:
        wishes["languages"] = spelt_languages(wishes["languages"])
    done = await node.publisher.follow(who, whom, "test", Wish(**wishes))
    assert isinstance(done, Done), done
    await node.settle()


async def _home(node: Node, owner: MicroblogId) -> list[str]:
    """What stands there, a moment later."""
    await node.settle()
    node.clock.advance(1)
    return [item.post.source or item.post.html for item in (await node.timelines.home(owner)).items]


async def _told(node: Node, owner: MicroblogId) -> list[str]:
    await node.settle()
    return [notice.row.kind for notice in (await node.told(owner)).entries]


async def _written_elsewhere(node: Node, author: WireId, text: str, **parts: object) -> PostId:
    """A post of another node, as it came in."""
    number = abs(hash((text, str(parts)))) % 10**9
    given = {"published": node.clock.now(), "audience": Audience.PUBLIC, **parts}
    post = Post(id=WireId(ACTIVITYPUB, f"{author.value}/{number}"), author=author, html=text, **given)  # type: ignore[arg-type]
    recorded = await node.apply(Posted(actor=author, post=post))
    await node.settle()
    assert recorded.post is not None  # type: ignore[union-attr]
    return recorded.post  # type: ignore[union-attr,no-any-return]


async def _microblog(node: Node, wire_id: WireId) -> MicroblogId:
    row = await node.database.read(lambda tx: microblogs.by_wire_id(tx, wire_id))
    assert row is not None
    return row.id


async def _heard_elsewhere(node: Node, who: MicroblogId, name: str = "dana", **wishes: Any) -> WireId:
    """A microblog of another node whom somebody here follows, with consent."""
    dana = await node.elsewhere(name)
    await _follow(node, who, await _microblog(node, dana), **wishes)
    face = await node.timelines.face(who)
    assert face is not None
    await node.apply(FollowAnswered(actor=dana, follower=face.profile.id, accepted=True))
    await node.settle()
    return dana


# -- boosts and languages


async def test_whoever_does_not_want_boosts_gets_none_and_loses_those_there(
    node: Node, ann: MicroblogId, bob: MicroblogId, carol: MicroblogId
) -> None:
    first = await node.say(carol, "first")
    second = await node.say(carol, "second")
    await _follow(node, ann, bob)
    await node.publisher.boost(bob, first, "test")
    assert await _home(node, ann) == ["first"]
    await _follow(node, ann, bob, boosts=False)
    await node.publisher.boost(bob, second, "test")
    await node.say(bob, "own words")
    assert await _home(node, ann) == ["own words"]
    await _follow(node, ann, bob, notify=True)  # and boosts stay unwanted
    assert not (await node.database.read(lambda tx: relations.follow(tx, ann, bob))).boosts  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("wanted", "came"),
    [
        (["de"], ["unsaid", "deutsch"]),
        (["EN", "de"], ["unsaid", "american", "deutsch"]),
        (["en-us"], ["unsaid", "american"]),
        (["en-gb"], ["unsaid"]),
        ([], ["unsaid", "american", "deutsch"]),
    ],
)
async def test_only_posts_in_wanted_languages_come(
    node: Node, ann: MicroblogId, wanted: list[str], came: list[str]
) -> None:
    dana = await _heard_elsewhere(node, ann, languages=wanted)
    for text, language in (("deutsch", "de"), ("american", "en-US"), ("unsaid", "")):
        node.clock.advance(1)
        await _written_elsewhere(node, dana, text, language=language)
    assert await _home(node, ann) == came


async def test_back_posts_come_in_wanted_languages_too(node: Node, ann: MicroblogId) -> None:
    dana = await node.elsewhere()
    for number in range(6):
        node.clock.advance(1)
        await _written_elsewhere(node, dana, f"{number}", language="de" if number % 2 else "fr")
    await _heard_elsewhere(node, ann, languages=["de"])
    assert await _home(node, ann) == ["5", "3", "1"]


# -- being told of each post


async def test_whoever_wishes_is_told_of_each_post_but_not_of_answers_to_others(
    node: Node, ann: MicroblogId, bob: MicroblogId, carol: MicroblogId
) -> None:
    await _follow(node, ann, bob, notify=True)
    await _follow(node, ann, carol)
    root = await node.say(carol, "somebody else's")
    mine = await node.say(bob, "new")
    assert await _told(node, ann) == ["post"]
    await node.say(bob, "@carol an answer", reply_to=root)
    await node.publisher.boost(bob, root, "test")
    assert await _told(node, ann) == ["post"]
    await node.say(bob, "more of it", reply_to=mine)
    assert await _told(node, ann) == ["post", "post"]


async def test_whom_a_post_mentions_is_told_of_it_once(node: Node, ann: MicroblogId, bob: MicroblogId) -> None:
    await _follow(node, ann, bob, notify=True)
    await node.say(bob, "@ann look")
    await node.say(bob, "@ann between us", Audience.MENTIONED)
    assert await _told(node, ann) == ["mention", "mention"]


async def test_nobody_is_told_any_more_who_wishes_so(node: Node, ann: MicroblogId, bob: MicroblogId) -> None:
    await _follow(node, ann, bob, notify=True)
    await _follow(node, ann, bob, notify=False)
    await node.say(bob, "unheard")
    assert await _told(node, ann) == []


async def test_what_was_missed_is_told_when_it_is_caught_up_but_not_what_is_old(node: Node, ann: MicroblogId) -> None:
    before = node.clock.now()
    node.clock.advance(DAY / 1_000)
    dana = await _heard_elsewhere(node, ann, notify=True)
    node.clock.advance(20 * DAY / 1_000)
    now = node.clock.now()
    await _written_elsewhere(node, dana, "before the follow", published=before)
    await _written_elsewhere(node, dana, "weeks ago", published=Millis(now - 8 * DAY))
    assert await _told(node, ann) == []
    await _written_elsewhere(node, dana, "while we were down", published=Millis(now - 2 * DAY))
    assert await _told(node, ann) == ["post"]
    assert await _home(node, ann) == ["while we were down", "weeks ago", "before the follow"]


async def test_of_unwanted_languages_nobody_is_told(node: Node, ann: MicroblogId) -> None:
    dana = await _heard_elsewhere(node, ann, notify=True, languages=["de"])
    await _written_elsewhere(node, dana, "hello", language="en")
    assert await _told(node, ann) == []
    await _written_elsewhere(node, dana, "hallo", language="de")
    assert await _told(node, ann) == ["post"]


# -- exclusive lists


async def test_an_exclusive_list_keeps_its_members_off_home_and_lets_them_back(
    node: Node, ann: MicroblogId, bob: MicroblogId, carol: MicroblogId
) -> None:
    lists = Lists(node.database)
    for whom in (bob, carol):
        await _follow(node, ann, whom)
    await node.say(bob, "early")
    await node.say(carol, "carol's")
    friends = await lists.make(ann, "friends", exclusive=True)
    assert not isinstance(friends, Refused)
    assert await lists.add(ann, friends.id, [bob]) is None
    assert await _home(node, ann) == ["carol's"]
    late = await node.say(bob, "late")
    await node.publisher.boost(bob, await node.say(carol, "passed on"), "test")
    assert await _home(node, ann) == ["passed on", "carol's"]
    await node.publisher.boost(carol, late, "test")
    assert await _home(node, ann) == ["late", "passed on", "carol's"]  # carol says it, who is not in the list
    assert not isinstance(await lists.change(ann, friends.id, exclusive=False), Refused)
    assert sorted(await _home(node, ann)) == ["carol's", "early", "late", "passed on"]
    assert not isinstance(await lists.change(ann, friends.id, exclusive=True), Refused)
    assert await _home(node, ann) == ["passed on", "carol's"]
    assert await lists.remove(ann, friends.id, [bob]) is None
    assert sorted(await _home(node, ann)) == ["carol's", "early", "late", "passed on"]


async def test_who_is_in_two_exclusive_lists_stays_off_home_until_both_are_gone(
    node: Node, ann: MicroblogId, bob: MicroblogId
) -> None:
    lists = Lists(node.database)
    await _follow(node, ann, bob)
    await node.say(bob, "hello")
    made = [await lists.make(ann, title, exclusive=True) for title in ("one", "two")]
    for each in made:
        assert not isinstance(each, Refused)
        assert await lists.add(ann, each.id, [bob]) is None
    for each, expected in zip(made, ([], ["hello"]), strict=True):
        assert not isinstance(each, Refused)
        assert await lists.drop(ann, each.id) is None
        assert await _home(node, ann) == expected


async def test_whoever_is_kept_off_home_may_still_be_told_of(node: Node, ann: MicroblogId, bob: MicroblogId) -> None:
    lists = Lists(node.database)
    await _follow(node, ann, bob, notify=True)
    made = await lists.make(ann, "quiet", exclusive=True)
    assert not isinstance(made, Refused)
    await lists.add(ann, made.id, [bob])
    await node.say(bob, "#tea is ready")
    assert await _home(node, ann) == []
    assert await _told(node, ann) == ["post"]


async def test_others_hear_whom_one_keeps_off_home(
    node: Node, ann: MicroblogId, bob: MicroblogId, carol: MicroblogId
) -> None:
    lists = Lists(node.database)
    await _follow(node, ann, carol)
    await _follow(node, bob, carol)
    made = await lists.make(ann, "quiet", exclusive=True)
    assert not isinstance(made, Refused)
    await lists.add(ann, made.id, [carol])
    await node.say(carol, "hello")
    assert (await _home(node, ann), await _home(node, bob)) == ([], ["hello"])


async def test_a_wish_answered_later_is_heard_as_the_list_says(node: Node, ann: MicroblogId) -> None:
    lists = Lists(node.database)
    dana = await node.elsewhere()
    await _written_elsewhere(node, dana, "known before")
    await _follow(node, ann, await _microblog(node, dana))
    made = await lists.make(ann, "quiet", exclusive=True)
    assert not isinstance(made, Refused)
    assert await lists.add(ann, made.id, [await _microblog(node, dana)]) is None
    await _heard_elsewhere(node, ann)
    assert await _home(node, ann) == []


async def test_wishes_and_lists_move_along(node: Node, ann: MicroblogId) -> None:
    lists = Lists(node.database)
    dana = await _heard_elsewhere(node, ann, boosts=False, notify=True, languages=["de"])
    made = await lists.make(ann, "quiet", exclusive=True)
    assert not isinstance(made, Refused)
    await lists.add(ann, made.id, [await _microblog(node, dana)])
    new = await node.elsewhere("dana2", also_known_as=(dana.value,))
    await node.apply(Moved(actor=dana, target=new))
    await node.settle()
    moved = await _microblog(node, new)
    wish = await node.database.read(lambda tx: relations.follow(tx, ann, moved))
    assert wish is not None
    assert (bool(wish.boosts), bool(wish.notify), wish.languages, bool(wish.home)) == (False, True, " de ", False)
    assert [each.title for each in await lists.with_member(ann, moved)] == ["quiet"]
    assert await lists.with_member(ann, await _microblog(node, dana)) == []


# -- followed tags


async def test_public_posts_with_a_followed_tag_come_home(node: Node, ann: MicroblogId, bob: MicroblogId) -> None:
    tags = FollowedTags(node.database)
    assert await tags.follow(ann, "#Tea") == "tea"
    await node.say(bob, "good #TEA")
    await node.say(bob, "bad #coffee")
    await node.say(bob, "whispered #tea", Audience.UNLISTED)
    await node.say(bob, "for followers #tea", Audience.FOLLOWERS)
    await node.say(ann, "my own #tea")
    assert await _home(node, ann) == ["my own #tea", "good #TEA"]
    dana = await node.elsewhere()
    await _written_elsewhere(node, dana, "from elsewhere", tags=("Tea",))
    assert "from elsewhere" in await _home(node, ann)
    assert await _home(node, bob) != await _home(node, ann)


async def test_a_tag_no_longer_followed_takes_along_what_came_only_by_it(
    node: Node, ann: MicroblogId, bob: MicroblogId, carol: MicroblogId
) -> None:
    tags = FollowedTags(node.database)
    await _follow(node, ann, carol)
    for tag in ("tea", "cake", "tea"):
        assert await tags.follow(ann, tag) == tag
    await node.say(bob, "only #tea")
    await node.say(bob, "#tea and #cake")
    await node.say(carol, "carol's #tea")
    await node.say(ann, "own #tea")
    assert len(await _home(node, ann)) == 4
    assert await tags.unfollow(ann, "TEA") == "tea"
    assert set(await _home(node, ann)) == {"own #tea", "carol's #tea", "#tea and #cake"}
    assert await tags.unfollow(ann, "tea") == "tea"


async def test_by_a_tag_nobody_comes_whom_one_does_not_want(
    node: Node, ann: MicroblogId, bob: MicroblogId, carol: MicroblogId
) -> None:
    tags = FollowedTags(node.database)
    dan = (await node.person("dan"))[1]
    await tags.follow(ann, "tea")
    await node.publisher.mute(ann, bob, None)
    await node.publisher.block(ann, carol, "test")
    await node.publisher.block(dan, ann, "test")
    for who in (bob, carol, dan):
        await node.say(who, "#tea")
    dana = await node.elsewhere()
    await node.database.write(lambda tx: nodes.meet(tx, "remote.example"))
    await node.database.write(lambda tx: nodes.set_standing(tx, "remote.example", Standing.LIMITED))
    await _written_elsewhere(node, dana, "limited", tags=("tea",))
    assert await _home(node, ann) == []


async def test_from_a_domain_that_one_shuns_nothing_comes_by_a_tag(node: Node, ann: MicroblogId) -> None:
    await FollowedTags(node.database).follow(ann, "tea")
    dana = await node.elsewhere()
    await node.database.write(lambda tx: shunned.add(tx, ann, "remote.example", node.clock.now()))
    await _written_elsewhere(node, dana, "unwanted", tags=("tea",))
    assert await node.database.read(lambda tx: timelines.page(tx, ann, None, None, 10)) == []


async def test_what_came_by_a_tag_is_not_there_again_by_a_boost(
    node: Node, ann: MicroblogId, bob: MicroblogId, carol: MicroblogId
) -> None:
    await FollowedTags(node.database).follow(ann, "tea")
    await _follow(node, ann, carol)
    post = await node.say(bob, "#tea")
    await node.publisher.boost(carol, post, "test")  # in one batch of fan-out
    assert await _home(node, ann) == ["#tea"]
    await node.publisher.delete(bob, post, "test")
    assert await _home(node, ann) == []


@pytest.mark.parametrize("tag", ["", "#", "two words", "123", "a-b", "x" * 101, "tea!"])
async def test_what_is_no_tag_cannot_be_followed(node: Node, ann: MicroblogId, tag: str) -> None:
    tags = FollowedTags(node.database)
    assert isinstance(await tags.follow(ann, tag), Refused)
    assert isinstance(await tags.unfollow(ann, tag), Refused)


async def test_a_boost_of_somebody_kept_off_home_is_boosted_by_others_only(
    node: Node, ann: MicroblogId, bob: MicroblogId
) -> None:
    dana = await _heard_elsewhere(node, ann)
    lists = Lists(node.database)
    made = await lists.make(ann, "quiet", exclusive=True)
    assert not isinstance(made, Refused)
    await lists.add(ann, made.id, [await _microblog(node, dana)])
    post = await node.say(bob, "bob's")
    face = await node.timelines.item(post, None)
    assert face is not None
    await node.apply(Boosted(actor=dana, post=face.post.id, at=node.clock.now()))
    assert await _home(node, ann) == []
