"""The node in figures: how much goes on, week by week."""

from collections.abc import Awaitable, Callable

from scattershot.app.activity import Activity
from scattershot.frontends.mastodon_api.calls import Answer, Call, Problem, Reply
from scattershot.frontends.mastodon_api.endpoints import Endpoint, Who
from scattershot.frontends.mastodon_api.entities.instance import Activity as Week
from scattershot.frontends.mastodon_api.params import Nothing

_SIGN_IN = Problem(401, "This API requires an authenticated user")


class Figures:
    """The endpoint; where only few nodes are dealt with, only those who sign in here are told."""

    def __init__(self, activity: Activity, open_to_few: Callable[[], Awaitable[bool]]) -> None:
        self._activity, self._open_to_few = activity, open_to_few

    @property
    def endpoints(self) -> list[Endpoint]:
        """Its endpoints."""
        return [Endpoint("GET", "/api/v1/instance/activity", self._weeks, who=Who.ANYONE, answers=list[Week])]

    async def _weeks(self, call: Call, _: Nothing) -> Reply:
        if call.viewer is None and await self._open_to_few():
            return _SIGN_IN
        return Answer(
            [
                Week(
                    week=str(each.start // 1000),
                    statuses=str(each.posts),
                    logins=str(each.people),
                    registrations=str(each.joined),
                )
                for each in await self._activity.weeks()
            ]
        )
