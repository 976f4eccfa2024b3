"""The few signs our pages draw, as paths of a 24 by 24 grid; each stands beside words or bears a label."""

_PATHS = {
    "home": "M4 11 12 4l8 7v9h-6v-6h-4v6H4z",
    "bell": "M6 17v-6a6 6 0 0 1 12 0v6l2 2H4zM10 21h4",
    "search": "M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13zM15.5 15.5 21 21",
    "here": "M12 21s7-6.2 7-11a7 7 0 0 0-14 0c0 4.8 7 11 7 11zM12 12.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4z",
    "world": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM3.5 12h17M12 3c5 5.5 5 12.5 0 18M12 3c-5 5.5-5 12.5 0 18",
    "person": "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5c.6-4 3.6-6 7.5-6s6.9 2 7.5 6",
    "settings": "M4 7h9M19 7h1M4 17h1M11 17h9M16 4.5v5M8 14.5v5",
    "reply": "M10 8V4l-7 7 7 7v-4c5 0 8.5 1.5 11 5-1-6-4-10.5-11-11z",
    "boost": "M4 13v-2a4 4 0 0 1 4-4h11M16 4l3 3-3 3M20 11v2a4 4 0 0 1-4 4H5M8 20l-3-3 3-3",
    "like": "M12 20s-8-4.8-8-10.5A4.5 4.5 0 0 1 12 7a4.5 4.5 0 0 1 8 2.5C20 15.2 12 20 12 20z",
    "edit": "M4 20l1-4L16 5l3 3L8 19z",
    "delete": "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
    "letter": "M3.5 6h17v12h-17zM3.5 7l8.5 6 8.5-6",
    "list": "M9 6h11M9 12h11M9 18h11M4.5 6h.01M4.5 12h.01M4.5 18h.01",
    "bookmark": "M7 4h10v16l-5-4-5 4z",
    "menu": "M4 7h16M4 12h16M4 17h16",
    "clock": "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 7.5V12l3 2",
    "tag": "M9 4 7 20M17 4l-2 16M4.5 9h16M3.5 15h16",
    "filter": "M4 5h16l-6 7v6l-4 2v-8z",
    "keys": "M3 7h18v10H3zM7 10.5h.01M11 10.5h.01M15 10.5h.01M8 14h8",
    "quote": "M5 6h14v9h-8l-4 4v-4H5z",
    "poll": "M6 20v-8M12 20V5M18 20v-5",
    "lock": "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
    "leave": "M14 4h5v16h-5M4 12h10M10 8l4 4-4 4",
    "flag": "M6 21V4h11l-2 4 2 4H6",
    "more": "M5 11a1 1 0 1 0 0 2 1 1 0 0 0 0-2zM12 11a1 1 0 1 0 0 2 1 1 0 0 0 0-2zM19 11a1 1 0 1 0 0 2 1 1 0 0 0 0-2z",
    "check": "M5 13l4 4L19 7",
    "pin": "M9 4h6l-1 6 3 3H7l3-3zM12 13v7",
}


def svg(name: str) -> str:
    """The sign as it stands beside words, hidden from readers aloud; the page holds `sprite` once."""
    if name not in _PATHS:
        raise KeyError(name)
    return f'<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><use href="#i-{name}"/></svg>'


def sprite() -> str:
    """All signs, drawn nowhere by themselves."""
    signs = "".join(f'<path id="i-{name}" d="{path}"/>' for name, path in _PATHS.items())
    return f'<svg class="signs" aria-hidden="true"><defs>{signs}</defs></svg>'
