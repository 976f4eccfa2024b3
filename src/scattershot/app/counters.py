"""What is counted at the doors: Prometheus metrics, named once."""

from functools import cache

from prometheus_client import Counter, Gauge, Histogram

ARRIVALS = Counter("scattershot_arrivals", "Activities and the like that came in", ["protocol", "outcome"])
CHANGES = Counter("scattershot_changes", "Changes applied", ["kind", "local"])
DECLINED = Counter("scattershot_changes_declined", "Changes not taken", ["why"])
DELIVERIES = Counter("scattershot_deliveries", "Attempts to deliver", ["outcome"])
DELIVERY_SECONDS = Histogram("scattershot_delivery_seconds", "How long an attempt to deliver took")
PUSHES = Counter("scattershot_pushes", "Attempts to push a notification to a phone", ["outcome"])
HUB = Counter("scattershot_hub", "What was asked of our hub for feeds, and what came of it", ["way", "outcome"])
SOURCES = Counter("scattershot_sources", "Feeds elsewhere asked, and news of them told to us", ["way", "outcome"])
WELLS = Counter("scattershot_wells", "Connections to others' relays, made or not", ["outcome"])
DRAWN = Counter("scattershot_drawn", "Events that came from others' relays", ["outcome"])
LINES = Gauge("scattershot_lines", "Connections to others' relays that are open")
FETCHES = Counter("scattershot_fetches", "Things fetched from other nodes", ["outcome"])
HINTS_SENT = Counter("scattershot_hints_sent", "Datagrams that told others of news, and what became of them", ["how"])
HINTS_CAME = Counter("scattershot_hints_came", "Datagrams that came, by what they were worth", ["verdict"])
HINT_REPAIRS = Counter("scattershot_hint_repairs", "Logs of others read for what no datagram brought", ["outcome"])
MEDIA_FETCHES = Counter("scattershot_media_fetches", "Pictures and the like fetched from other nodes", ["outcome"])
READER_FAILURES = Counter("scattershot_reader_failures", "Changes a reader could not deal with", ["reader"])
ANSWERS = Counter("scattershot_answers", "Requests answered", ["method", "status"])
LOOP_LAG = Gauge("scattershot_loop_lag_seconds", "How late the event loop ran last")
OWED = Gauge("scattershot_deliveries_owed", "Deliveries waiting")
LISTENERS = Gauge("scattershot_listeners", "Live pages listening")


@cache
def arrived(protocol: str, outcome: str) -> Counter:
    """The counter of arrivals that went so, found once: looking a label up costs more than counting."""
    return ARRIVALS.labels(protocol, outcome)


@cache
def changed(kind: str, local: str) -> Counter:
    """The counter of applied changes of that kind, found once."""
    return CHANGES.labels(kind, local)


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_answers: dict[tuple[str, int], Counter] = {}


def answered(method: str, status: int) -> None:
    """Count an answer; a method that is none is counted as `other`, so that nobody can make up labels."""
    key = (method if method in _METHODS else "other", status)
    counter = _answers.get(key)
    if counter is None:
        counter = _answers[key] = ANSWERS.labels(key[0], str(status))
    counter.inc()
