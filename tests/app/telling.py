"""Ann of here and Bob of elsewhere, and what they do that is told."""

from typing import Any

import pytest

from scattershot.app.notifications import Notifications
from scattershot.app.timelines import Timelines
from scattershot.domain.change import (
    FollowAnswered,
    Followed,
    Posted,
)
from scattershot.domain.microblog import Profile
from scattershot.domain.notification import Treatment, Wishes
from scattershot.domain.post import Post
from scattershot.domain.wire_id import WireId
from scattershot.storage.tables import microblogs
from scattershot.testing.factories import a_post, a_profile
from tests.app.conftest import World

BOB = a_profile("bob@far.example")
EVE = a_profile("eve@evil.example")


@pytest.fixture
async def ann(world: World) -> microblogs.Row:
    return await world.local("ann")


@pytest.fixture
async def bob(world: World) -> microblogs.Row:
    return await world.remote(BOB)


@pytest.fixture
def told(world: World) -> Notifications:
    return Notifications(world.database, world.clock, Timelines(world.database, world.clock, "here.example"))


async def a_post_of(world: World, author: Profile, text: str = "Hello", **parts: Any) -> Post:
    post = a_post(author.id, text, **parts)
    await world.apply(Posted(actor=author.id, post=post), asked_for=True)
    return post


async def mentioned_by(world: World, sender: Profile, owner: Profile, **parts: Any) -> Post:
    post = await a_post_of(world, sender, to=[owner.id], **parts)
    await world.settle()
    return post


async def wish(told: Notifications, owner: microblogs.Row, **wishes: Treatment) -> None:
    await told.put_wishes(owner.id, Wishes(**wishes))


async def follow(world: World, who: WireId, whom: WireId) -> None:
    await world.apply(Followed(actor=who, target=whom))
    await world.apply(FollowAnswered(actor=whom, follower=who, accepted=True))
    await world.settle()
