"""Markers: how far one has read at home and among the notifications."""

from msgspec import Struct

from scattershot.app.notifications import Notifications
from scattershot.frontends.mastodon_api.calls import Answer, Call, Problem, Reply, parse_id
from scattershot.frontends.mastodon_api.endpoints import Endpoint
from scattershot.frontends.mastodon_api.entities.notification import Marker
from scattershot.wirekit.dates import rfc3339

NAMES = ("home", "notifications")


class MarkersParams(Struct, frozen=True):
    """Which markers are asked for."""

    timeline: tuple[str, ...] = ()


class Place(Struct, frozen=True):
    """How far one has read."""

    last_read_id: str | None = None


class NewMarkers(Struct, frozen=True):
    """Markers to be set."""

    home: Place | None = None
    notifications: Place | None = None


class Markers:
    """The marker endpoints; one that is never in conflict, for who comes later is written later."""

    def __init__(self, notifications: Notifications) -> None:
        self._notifications = notifications

    @property
    def endpoints(self) -> list[Endpoint]:
        """Its endpoints."""
        path = "/api/v1/markers"
        return [
            Endpoint("GET", path, self._show, "read:statuses", takes=MarkersParams, answers=dict[str, Marker]),
            Endpoint("POST", path, self._set, "write:statuses", takes=NewMarkers, answers=dict[str, Marker]),
        ]

    async def _show(self, call: Call, params: MarkersParams) -> Reply:
        found = await self._notifications.markers(call.who, [name for name in params.timeline if name in NAMES])
        return Answer({each.name: _entity(each.place, each.version, each.at) for each in found})

    async def _set(self, call: Call, params: NewMarkers) -> Reply:
        places: dict[str, int] = {}
        for name, place in ((name, getattr(params, name)) for name in NAMES):
            if place is None or place.last_read_id is None:
                continue
            number = parse_id(place.last_read_id)
            if number is None:
                return Problem(422, f"Validation failed: {name}[last_read_id] is not an id")
            places[name] = number
        found = await self._notifications.mark(call.who, places) if places else []
        return Answer({each.name: _entity(each.place, each.version, each.at) for each in found})


def _entity(place: int, version: int, at: int) -> Marker:
    return Marker(last_read_id=str(place), version=version, updated_at=rfc3339(at))
