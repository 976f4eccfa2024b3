"""Translating: this node has no translator, and says so as Mastodon does where none is set up.

`configuration.translation.enabled` is false, no language is offered, and to translate a post is answered as if the post
were not there, to whoever could ask for it.
"""

from scattershot.frontends.mastodon_api.calls import NOT_FOUND, Answer, Call, Reply
from scattershot.frontends.mastodon_api.endpoints import Endpoint, Who
from scattershot.frontends.mastodon_api.entities.translation import Translation
from scattershot.frontends.mastodon_api.params import Nothing


async def _translate(call: Call, _: Nothing) -> Reply:  # noqa: ARG001
    return NOT_FOUND


async def _languages(call: Call, _: Nothing) -> Reply:  # noqa: ARG001
    nothing: dict[str, list[str]] = {}
    return Answer(nothing)


ENDPOINTS = [
    Endpoint("POST", "/api/v1/statuses/{id}/translate", _translate, "read:statuses", answers=Translation),
    Endpoint("GET", "/api/v1/instance/translation_languages", _languages, who=Who.ANYONE,
             answers=dict[str, list[str]]),
]  # fmt: skip
"""Its endpoints."""
