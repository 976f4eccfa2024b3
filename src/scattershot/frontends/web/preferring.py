"""Settings: how one likes to post and read, and whose deeds one wishes to be told of."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scattershot.app.featuring import Featuring
from scattershot.app.notifications import Notifications
from scattershot.domain.notification import Treatment, Wishes
from scattershot.domain.people import Deed
from scattershot.domain.post import Audience
from scattershot.domain.preferences import Media, Preferences, Quoting
from scattershot.frontends.web.desk import Desk
from scattershot.frontends.web.forms import Form
from scattershot.frontends.web.visitors import Visitor
from scattershot.frontends.web.words import AUDIENCES, LANGUAGES

_POSTING, _TOLD = "/settings/posting", "/settings/notifications"

_CHECKS = (
    ("sensitive", "Mark my pictures as sensitive", "Others see them when they ask for it."),
    ("names_programs", "Say by which program I wrote", "Below the post, where others show that."),
    ("opens_warnings", "Open content warnings", "What others fold away lies open."),
    ("autoplays", "Let moving pictures move", "In apps that ask this node."),
)
_QUOTING = {
    Quoting.ANYONE: "Everybody",
    Quoting.FOLLOWERS: "My followers; others ask me",
    Quoting.NOBODY: "Nobody; others ask me",
}
_MEDIA = {Media.UNMARKED: "All but what is marked as sensitive", Media.ALL: "All", Media.NONE: "None before I ask"}
_FROM = (
    ("not_following", "Those whom I do not follow", ""),
    ("not_followers", "Those who do not follow me", "And those who have followed me for less than three days."),
    ("new", "Those who are new", "Their microblog is younger than thirty days."),
    ("private_mentions", "Strangers who write to me in private", "Unless it answers what I wrote."),
    ("limited", "Those whom this node has limited", ""),
    ("bots", "Programs that post", "They say so of themselves."),
)
_TREATMENTS = {
    Treatment.ACCEPT: "tell me",
    Treatment.HOLD: "keep it apart until I let them in",
    Treatment.DROP: "never tell me",
}
_UNKNOWN = "One of these cannot be chosen. Nothing was saved."


class Preferring:
    """Two pages of choices."""

    def __init__(self, desk: Desk, featuring: Featuring, notifications: Notifications) -> None:
        self._desk, self._featuring, self._notifications = desk, featuring, notifications

    @property
    def routes(self) -> list[Route]:
        """Their paths."""
        desk = self._desk
        return [
            Route(_POSTING, desk.members(self._show_posting), methods=["GET"]),
            Route(_POSTING, desk.form(self._save_posting, Deed.PRESENT), methods=["POST"]),
            Route(_TOLD, desk.members(self._show_told), methods=["GET"]),
            Route(_TOLD, desk.form(self._save_told, Deed.RELATE), methods=["POST"]),
        ]

    # -- posting and reading

    async def _show_posting(self, request: Request, visitor: Visitor) -> Response:
        assert visitor.who is not None
        return await self._posting(request, visitor, await self._featuring.preferences(visitor.who))

    async def _posting(
        self, request: Request, visitor: Visitor, chosen: Preferences, status: int = 200, problem: str = ""
    ) -> Response:
        choices = [
            _choice("audience", "Who sees what I post, unless I say otherwise", AUDIENCES, chosen.audience),
            _choice("quoting", "Who may quote it without asking", _QUOTING, chosen.quoting),
            _choice("media", "Which pictures are shown at once", _MEDIA, chosen.media),
        ]
        return await self._desk.page(
            request,
            visitor,
            "posting.html",
            status,
            choices=choices,
            checks=[
                {"name": name, "words": words, "more": more, "is_on": bool(getattr(chosen, name))}
                for name, words, more in _CHECKS
            ],
            language=chosen.language,
            problem=problem,
            saved=request.query_params.get("saved") == "yes",
            allowed=visitor.may(Deed.PRESENT),
        )

    async def _save_posting(self, request: Request, visitor: Visitor, form: Form) -> Response:
        assert visitor.who is not None
        language = form.get("language")
        try:
            audience, quoting = Audience(form.get("audience")), Quoting(form.get("quoting"))
            media = Media(form.get("media"))
        except ValueError:
            return await self._not_so(request, visitor)
        if language and language not in LANGUAGES:
            return await self._not_so(request, visitor)
        chosen = Preferences(
            audience=audience,
            quoting=quoting,
            media=media,
            language=language,
            sensitive=bool(form.get("sensitive")),
            names_programs=bool(form.get("names_programs")),
            opens_warnings=bool(form.get("opens_warnings")),
            autoplays=bool(form.get("autoplays")),
        )
        await self._featuring.prefer(visitor.who, chosen)
        return self._desk.to(f"{_POSTING}?saved=yes")

    async def _not_so(self, request: Request, visitor: Visitor) -> Response:
        assert visitor.who is not None
        known = await self._featuring.preferences(visitor.who)
        return await self._posting(request, visitor, known, 422, _UNKNOWN)

    # -- being told

    async def _show_told(self, request: Request, visitor: Visitor) -> Response:
        return await self._told(request, visitor)

    async def _told(self, request: Request, visitor: Visitor, status: int = 200, problem: str = "") -> Response:
        assert visitor.who is not None
        wishes, waiting = await self._notifications.wishes(visitor.who)
        return await self._desk.page(
            request,
            visitor,
            "told.html",
            status,
            choices=[
                {**_choice(name, words, _TREATMENTS, getattr(wishes, name)), "more": more}
                for name, words, more in _FROM
            ],
            waiting=waiting.askers,
            problem=problem,
            saved=request.query_params.get("saved") == "yes",
            allowed=visitor.may(Deed.RELATE),
        )

    async def _save_told(self, request: Request, visitor: Visitor, form: Form) -> Response:
        assert visitor.who is not None
        try:
            wishes = Wishes(**{name: Treatment(form.get(name)) for name, _, _ in _FROM})
        except ValueError:
            return await self._told(request, visitor, 422, _UNKNOWN)
        await self._notifications.put_wishes(visitor.who, wishes)
        return self._desk.to(f"{_TOLD}?saved=yes")


def _choice(name: str, words: str, options: Any, chosen: Any) -> dict[str, Any]:
    """One of several, as the template takes it."""
    listed = [{"value": value.value, "words": text, "is_on": value is chosen} for value, text in options.items()]
    return {"name": name, "words": words, "options": listed}
