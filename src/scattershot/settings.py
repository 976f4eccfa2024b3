"""Settings: read once at the start, typed, each with a sentence. From `scattershot.toml`, then `SCATTERSHOT_*`."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import msgspec
from msgspec import Meta, Struct

from scattershot.wirekit.places import is_local_group, parse_place
from scattershot.wirekit.urls import host_of, normal_host, parse_url

ANY_PORT = "http://localhost"
"""The origin that stands in while the port is not chosen yet."""


class BadSettings(Exception):
    """A setting that cannot be used; the message says which, and what would do."""


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How this node is set up."""

    data: Annotated[Path, Meta(description="The folder that holds everything the node keeps.")] = Path("data")
    listen: Annotated[str, Meta(description="The address and port to answer on, `HOST:PORT`.")] = "127.0.0.1:8000"
    origin: Annotated[
        str,
        Meta(
            description="Where the world reaches this node, scheme and host, such as `https://social.example.org`. "
            "Part of every address it gives out: do not change it once others follow you. "
            "Empty: `http://localhost:PORT`, for trying things out."
        ),
    ] = ""
    domains: Annotated[
        tuple[str, ...],
        Meta(
            description="The domains whose names live here, the first being where new ones are made; "
            "others than the origin's own host send `/.well-known/webfinger` here. Empty: the origin's host."
        ),
    ] = ()
    title: Annotated[str, Meta(description="What the node calls itself on its pages.")] = "Scattershot"
    description: Annotated[str, Meta(description="A sentence about the node, for its front page and NodeInfo.")] = ""
    contact: Annotated[str, Meta(description="How to reach whoever runs it: an e-mail address or a handle.")] = ""
    recommended: Annotated[
        tuple[str, ...],
        Meta(description="Handles that are suggested first to whoever looks for people to follow."),
    ] = ()
    database: Annotated[
        str,
        Meta(description="A PostgreSQL address (`postgresql://…`, needs the extra `scale`). Empty: SQLite in `data`."),
    ] = ""
    authorized_fetch: Annotated[
        bool,
        Meta(description="Show posts and profiles only to servers that sign their requests (blocked ones see none)."),
    ] = False
    allow_private_addresses: Annotated[
        bool, Meta(description="Deal with nodes at loopback and private addresses. For test networks only.")
    ] = False
    insecure_http: Annotated[
        bool, Meta(description="Deal with nodes over plain http, with ports in names. For test networks only.")
    ] = False
    trusted_proxies: Annotated[
        tuple[str, ...],
        Meta(description="Addresses of reverse proxies whose `X-Forwarded-For` is believed."),
    ] = ("127.0.0.1", "::1")
    sign_up: Annotated[
        str,
        Meta(
            pattern="^(closed|open|approval|invitation)$",
            description="Who may sign up: nobody (`closed`; you make people by `person add`), anybody (`open`), those "
            "to whom an admin then says yes (`approval`), or whoever has an invitation (`invitation`). An invitation "
            "lets people in at once under `approval` too.",
        ),
    ] = "closed"
    sign_up_message: Annotated[
        str, Meta(description="What people read before they sign up: the rules of the node, and who it is for.")
    ] = ""
    people_may_invite: Annotated[
        bool, Meta(description="Whether everybody here may give out invitations, not only admins.")
    ] = False
    microblogs_per_person: Annotated[
        int, Meta(ge=1, le=1_000, description="How many microblogs one person may own, their own among them.")
    ] = 5
    max_post_length: Annotated[int, Meta(ge=1, le=1_000_000, description="The most characters a post may have.")] = (
        5_000
    )
    trends: Annotated[bool, Meta(description="Reckon and show which tags, links and posts are talked about.")] = True
    link_previews: Annotated[
        bool,
        Meta(
            description="Ask the pages that posts link to what they say of themselves, once each, and show it below. "
            "What is said in private is never told to the page it is about."
        ),
    ] = True
    firehose: Annotated[
        str,
        Meta(
            pattern="^(off|local|all)$",
            description="What `/firehose` tells anybody: nothing (`off`), public posts written here (`local`), or all "
            "public posts known here (`all`); always of those authors alone who let their posts be found.",
        ),
    ] = "local"
    hubs: Annotated[
        tuple[str, ...],
        Meta(
            description="WebSub hubs of others that are told of news in the feeds of those here who let their posts be "
            "found; these feeds name them beside the node's own."
        ),
    ] = ()
    aggregators: Annotated[
        tuple[str, ...],
        Meta(
            description="Aggregators that are told of it by XML-RPC (`weblogUpdates.extendedPing`), such as "
            "`http://rpc.pingomatic.com/`."
        ),
    ] = ()
    max_attachments: Annotated[
        int,
        Meta(ge=1, le=16, description="The most files a post may show. Mastodon and most apps show four."),
    ] = 4
    max_picture_mb: Annotated[
        int, Meta(ge=1, le=100, description="The most megabytes of a picture that is uploaded or shown from elsewhere.")
    ] = 16
    max_video_mb: Annotated[
        int,
        Meta(
            ge=1,
            le=200,
            description="The same of a sound or film. A reverse proxy must let through as much and a little more.",
        ),
    ] = 99
    media_cache_mb: Annotated[
        int,
        Meta(
            ge=16,
            description="How many megabytes of other nodes' pictures, sounds and films are kept at most; "
            "those looked at the least go first.",
        ),
    ] = 2_000
    calls_allowed: Annotated[
        int,
        Meta(
            ge=1,
            description="How many calls of the client API one token (or an address without one) has in five minutes.",
        ),
    ] = 300
    nostr: Annotated[
        bool,
        Meta(
            description="Let microblogs of here speak Nostr too: what they post in public is signed and lies at the "
            "node's own relay, unless their keepers would rather not."
        ),
    ] = True
    nostr_index: Annotated[
        tuple[str, ...],
        Meta(
            description="Nostr relays of others that know about most people: asked about whom nobody says where they "
            "are met. Empty: nobody is asked."
        ),
    ] = ("wss://purplepag.es", "wss://relay.damus.io", "wss://relay.primal.net")
    nostr_relays: Annotated[
        int, Meta(ge=0, le=500, description="At how many Nostr relays of others the node listens at most.")
    ] = 30
    nostr_tells: Annotated[
        str,
        Meta(
            pattern="^(home|mentioned|followers)$",
            description="To which Nostr relays of others is brought what microblogs of here say in public: to none "
            "(`home`), to those where whoever is named, answered or liked reads (`mentioned`), or to those of "
            "followers too (`followers`), and then profiles to `nostr_index`. It always lies at the node's own relay.",
        ),
    ] = "mentioned"
    relay_calls: Annotated[
        int,
        Meta(ge=1, description="How many messages (events, questions) one connection to the Nostr relay has a minute."),
    ] = 6_000
    relay_connections: Annotated[
        int, Meta(ge=1, description="How many connections to the Nostr relay one address may have open.")
    ] = 50
    udp: Annotated[
        str,
        Meta(
            description="Where datagrams are listened for, `HOST:PORT` such as `0.0.0.0:5683`: this node and those "
            "that it follows, or that follow it, may then tell each other of news by one small datagram (a hint) "
            "instead of a request. Empty: not at all. Everything works without."
        ),
    ] = ""
    udp_address: Annotated[
        str,
        Meta(description="Where others reach that, `HOST:PORT`. Empty: the origin's host and the port of `udp`."),
    ] = ""
    udp_groups: Annotated[
        tuple[str, ...],
        Meta(
            description="Multicast groups of the own network, such as `239.192.83.67:5683` or "
            "`[ff15::5343%eth0]:5683`: one datagram tells all nodes that name the same group here. They go no further "
            "than the first router."
        ),
    ] = ()
    udp_neighbour: Annotated[
        str,
        Meta(
            description="The origin of another node on the network, which sends to the groups in our stead. It needs "
            "no trust: what it passes on bears our signature."
        ),
    ] = ""
    couriers: Annotated[int, Meta(ge=1, le=1_000, description="How many deliveries may be under way at once.")] = 64
    log_format: Annotated[str, Meta(pattern="^(text|json)$", description="`text` for people, `json` for machines.")] = (
        "text"
    )
    log_level: Annotated[str, Meta(pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="The least that is logged.")] = (
        "INFO"
    )
    metrics: Annotated[bool, Meta(description="Serve Prometheus metrics at `/metrics` to loopback addresses.")] = True

    @property
    def host(self) -> str:
        """The host (with its port, where it has one of its own) of the origin."""
        return host_of(self.origin) or ""

    @property
    def domain(self) -> str:
        """Where new names are made."""
        return self.domains[0]


def read_settings(file: Path | None, environment: Mapping[str, str], given: Mapping[str, Any]) -> Settings:
    """Settings from a TOML file, then `SCATTERSHOT_*`, then what was given by hand; the later wins.

    Without a file's name, `scattershot.toml` in the working folder and then in the data folder is read if it is there.
    """
    values: dict[str, Any] = {}
    data = Path(given.get("data") or environment.get("SCATTERSHOT_DATA") or "data")
    for candidate in (file,) if file else (Path("scattershot.toml"), data / "scattershot.toml"):
        if file or candidate.is_file():
            values |= _from_file(candidate)
    values |= _from_environment(environment)
    values |= {name: value for name, value in given.items() if value is not None}
    try:
        return _completed(msgspec.convert(values, Settings, strict=False, dec_hook=_path))
    except msgspec.ValidationError as problem:
        raise BadSettings(_in_words(str(problem))) from problem


def _in_words(problem: str) -> str:
    """`Expected `int`, got `str` - at `$.couriers`` with the setting first."""
    what, _, where = problem.replace("`", "").partition(" - at $.")
    return f"{where}: {what[:1].lower()}{what[1:]}" if where else f"Settings: {what[:1].lower()}{what[1:]}"


def _path(kind: type, value: object) -> object:
    """msgspec knows no paths; everything else it knows itself."""
    if kind is Path and isinstance(value, str):
        return Path(value).expanduser()
    raise NotImplementedError


def _from_file(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as problem:
        raise BadSettings(f"{file}: {problem.strerror}") from problem
    except ValueError as problem:
        raise BadSettings(f"{file}: {problem}") from problem


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    hints = get_type_hints(Settings)
    values: dict[str, Any] = {}
    for name, kind in hints.items():
        text = environment.get(f"SCATTERSHOT_{name.upper()}")
        if text is not None:
            values[name] = [part.strip() for part in text.split(",") if part.strip()] if "tuple" in str(kind) else text
    return values


def _completed(settings: Settings) -> Settings:
    if not settings.listen.rpartition(":")[2].isdigit():
        raise BadSettings(f"listen: {settings.listen!r} is not HOST:PORT")
    port = settings.listen.rpartition(":")[2]
    # Port 0 is any that is free: whoever runs the node learns which.
    origin = settings.origin.rstrip("/") or (f"http://localhost:{port}" if port != "0" else ANY_PORT)
    host = host_of(origin)
    if host is None or origin.count("/") != 2:
        raise BadSettings(f"origin: {origin!r} is not a scheme and a host, such as https://social.example.org")
    domains = []
    for domain in settings.domains or (host,):
        normal = normal_host(domain)
        if normal is None:
            raise BadSettings(f"domains: {domain!r} is not a domain")
        domains.append(normal)
    for name, addresses in (("hubs", settings.hubs), ("aggregators", settings.aggregators)):
        for address in addresses:
            if parse_url(address) is None:
                raise BadSettings(f"{name}: {address!r} is no http or https address")
    for address in settings.nostr_index:
        scheme, _, rest = address.partition("://")
        if scheme not in ("wss", "ws") or parse_url(f"https://{rest}") is None:
            raise BadSettings(f"nostr_index: {address!r} is no address of a relay, such as wss://relay.example.org")
    _check_datagrams(settings)
    return msgspec.structs.replace(settings, origin=origin.lower(), domains=tuple(domains))


def _check_datagrams(settings: Settings) -> None:
    for name, text in (("udp", settings.udp), ("udp_address", settings.udp_address)):
        host, _, port = text.rpartition(":")
        if text and not (host and port.isascii() and port.isdecimal() and int(port) < 65_536):
            raise BadSettings(f"{name}: {text!r} is not HOST:PORT")
    for group in settings.udp_groups:
        place = parse_place(group)
        if place is None or not is_local_group(place):
            raise BadSettings(f"udp_groups: {group!r} is no multicast group of a local network, IP:PORT")
    if settings.udp_neighbour and parse_url(settings.udp_neighbour) is None:
        raise BadSettings(f"udp_neighbour: {settings.udp_neighbour!r} is no http or https address")
