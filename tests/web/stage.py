"""A stage: one whole node on loopback with a street of people who have much to say, and real browsers before it.

Pictures of other nodes come from the second name of the same machine, through the node's own proxy, as they would from
far away.
"""

import asyncio
import io
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from PIL import Image, ImageDraw
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from scattershot.app.apply.change import apply
from scattershot.app.apply.origin import Applied, Origin
from scattershot.app.publish import Done, Draft
from scattershot.bootstrap import Node, build_node
from scattershot.domain.change import Change, ProfileChanged
from scattershot.domain.ids import MicroblogId, PostId
from scattershot.domain.microblog import Profile
from scattershot.domain.post import Audience
from scattershot.domain.reading import Refused
from scattershot.domain.wire_id import ACTIVITYPUB, WireId
from scattershot.settings import read_settings

PASSWORD = "correct horse battery"


@dataclass
class Stage:
    """The node, and what a story needs of it."""

    node: Node
    port: int

    @property
    def origin(self) -> str:
        return self.node.settings.origin

    def picture(self, name: str) -> str:
        """The address of a picture elsewhere: its name is `WIDTHxHEIGHT-COLOUR`."""
        return f"http://127.0.0.1:{self.port}/pictures/{name}.png"

    @property
    def blocks(self) -> str:
        """The address of a list elsewhere (`BLOCKS`)."""
        return f"http://127.0.0.1:{self.port}/blocks.csv"

    async def person(self, name: str, *, admin: bool = False) -> MicroblogId:
        """Somebody new who signs in here with the `PASSWORD`."""
        made = await self.node.people.add(name, password=PASSWORD, admin=admin)
        assert not isinstance(made, Refused), made
        return made[1]

    async def session(self, name: str) -> dict[str, str]:
        """A cookie that signs in whoever is called so, as playwright takes it."""
        secret = await self.node.people.sign_in_link(name)
        assert isinstance(secret, str)
        signed = await self.node.people.follow_link(secret)
        assert not isinstance(signed, Refused), signed
        return {"name": f"session_{self.port}", "value": signed.session, "url": self.origin}

    async def say(self, author: MicroblogId, text: str, audience: Audience = Audience.PUBLIC, **more: object) -> PostId:
        """Somebody of here writes."""
        draft = Draft(text, audience)._replace(**more)  # type: ignore[arg-type]
        done = await self.node.publisher.post(author, draft, None, "test")
        assert isinstance(done, Done), done
        assert done.post is not None
        return done.post

    async def follow(self, follower: MicroblogId, followee: MicroblogId) -> None:
        """One of here follows another."""
        assert isinstance(await self.node.publisher.follow(follower, followee, "test"), Done)

    async def elsewhere(self, name: str, host: str = "far.example", **more: object) -> WireId:
        """A microblog of another node that is known here."""
        wire_id = WireId(ACTIVITYPUB, f"https://{host}/users/{name}")
        given = {"url": f"https://{host}/@{name}", **more}
        profile = Profile(id=wire_id, name=name, domain=host, **given)  # type: ignore[arg-type]
        await self.apply(ProfileChanged(actor=wire_id, profile=profile))
        return wire_id

    async def apply(self, change: Change) -> Applied:
        """Something became so elsewhere."""
        origin = Origin(self.node.drivers.clock.now(), "test", asked_for=True)
        return await self.node.drivers.database.write(lambda tx: apply(tx, change, origin, self.node.house))

    async def settle(self) -> None:
        """Let the readers come to the end of what happened."""
        while await self.node.readers.step():
            pass
        while await self.node.indexing.take_up():
            pass


@asynccontextmanager
async def open_stage(folder: Path, **given: object) -> AsyncIterator[Stage]:
    """A running node with nobody in it; `given` are settings."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        plain = {"origin": f"http://localhost:{port}", "title": "Scattershot", "allow_private_addresses": True}
        settings = read_settings(None, {}, {"data": str(folder), "insecure_http": True, **plain, **given})
        node = await build_node(settings)
        app = Starlette(
            routes=[Route("/pictures/{name}.png", _picture), Route("/blocks.csv", _blocks), Mount("/", node.app)]
        )
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
        serving = asyncio.create_task(server.serve([listening]))
        await node.start()
        try:
            yield Stage(node, port)
        finally:
            node.streams.close()
            server.should_exit = True
            await asyncio.gather(serving, return_exceptions=True)
            await node.stop(0.1)


BLOCKS = ["#domain,#severity,#public_comment", "spam.example,suspend,It never ends", "loud.example,silence,"]
"""The lines of a list of domains that the machine next to the node hands out; a story may alter them."""


async def _blocks(_: Request) -> Response:
    return Response("\n".join(BLOCKS), media_type="text/csv")


async def _picture(request: Request) -> Response:
    """A picture as its name says."""
    size, _, colour = request.path_params["name"].partition("-")
    width, _, height = size.partition("x")
    return Response(draw(int(width), int(height), colour), media_type="image/png")


def draw(width: int, height: int, colour: str) -> bytes:
    """A picture of hills under a sun, as PNG."""
    image = Image.new("RGB", (width, height), colour)
    pen = ImageDraw.Draw(image, "RGBA")
    pen.ellipse((width * 0.6, height * 0.12, width * 0.6 + height * 0.22, height * 0.34), fill=(255, 240, 200, 220))
    for n, shade in enumerate((70, 110, 150)):
        top = height * (0.55 + n * 0.14)
        ridge = [(0, top), (width * (0.3 + n * 0.2), top - height * 0.2), (width, top), (width, height), (0, height)]
        pen.polygon(ridge, fill=(0, 0, 0, shade))
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()
