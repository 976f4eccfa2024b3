"""Stencils: the templates of our pages, with all that they may ask for."""

from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import minijinja

from scattershot.domain.quote import QuoteState
from scattershot.frontends.web import icons, words
from scattershot.frontends.web.assets import Assets
from scattershot.ports.clock import Clock


@cache
def _texts() -> Mapping[str, str]:
    folder = files("scattershot.frontends.web").joinpath("templates")
    return {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir()}


def stencils(clock: Clock, proxied: words.Proxied, assets: Assets) -> minijinja.Environment:
    """The templates, each read when it is needed first.

    What an environment is given must not hold the environment: it is Rust's, and no garbage collector looks into it.
    """
    filters: dict[str, Callable[..., Any]] = {
        "ago": lambda moment: words.ago(moment, clock.now()),
        "until": lambda moment: words.until(moment, clock.now()),
        "machine_time": words.machine_time,
        "full_time": words.full_time,
        "counted": words.counted,
        "browser": words.browser,
        "link": words.link,
        "looked_at": words.looked_at,
        "host": words.host,
        "shown": proxied,
        "initial": words.initial,
        "hue": words.hue,
        "named": lambda profile: minijinja.safe(words.title_html(profile, proxied)),
        "bio": lambda profile: minijinja.safe(words.with_emojis(profile.bio, profile.emojis, proxied)),
        "body": lambda post: minijinja.safe(words.body_html(post, proxied)),
        "gist": words.gist,
        "audience": lambda audience: words.AUDIENCES[audience],
        "emoji": lambda emoji, picture: minijinja.safe(words.emoji_html(emoji, picture, proxied)),
        "quote_state": lambda state: words.QUOTE_STATES.get(state, words.QUOTE_STATES[QuoteState.UNAUTHORIZED]),
        "noticed": lambda told: words.noticed(*told),
        "notice_sign": lambda kind: words.NOTICE_SIGNS.get(kind, "bell"),
    }
    return minijinja.Environment(
        loader=_texts().get,
        filters=filters,
        globals={
            "icon": lambda name: minijinja.safe(icons.svg(name)),
            "signs": minijinja.safe(icons.sprite()),
            "asset": lambda name: minijinja.safe(assets.path(name)),
            "is_over": lambda poll: poll.closed is not None or (poll.ends or 1 << 62) <= clock.now(),
            "per_cent": lambda part, whole: round(100 * part / whole) if whole else 0,
            "language_options": lambda chosen: minijinja.safe(words.language_options(chosen)),
        },
        undefined_behavior="strict",
        debug=False,  # or a template that stumbles would put what it shows into the log
        trim_blocks=True,
        lstrip_blocks=True,
    )
