"""The log on standard error: text for people, or a line of JSON for each record.

Nothing secret is ever logged on purpose; what looks like a secret all the same is masked on its way out.
"""

import logging
import re
import sys
from datetime import UTC, datetime

import msgspec

_SECRETS = (
    re.compile(r"(?i)(/(?:welcome|sign-in|link)/)[\w-]{16,}"),
    re.compile(r"(?i)(bearer\s+)[\w.~+/=-]{8,}"),
    re.compile(r"(?i)((?:token|session|secret|password)=)[^\s&;\"']+"),
    re.compile(r"(://[^/\s:@]*:)[^/\s@]+(?=@)"),
    re.compile(r"(-----BEGIN [A-Z ]*PRIVATE KEY-----).*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL),
)
# They tell of each connection what our own doors count.
_TALKATIVE = ("uvicorn", "asyncio", "aiohttp")


def masked(text: str) -> str:
    """The text with link secrets, tokens, passwords in addresses and private keys blotted out."""
    for secret in _SECRETS:
        text = secret.sub(r"\1…", text)
    return text


class TextFormat(logging.Formatter):
    """One line: time (UTC), level, room, message; a traceback follows."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as text."""
        at = f"{_moment(record):%Y-%m-%d %H:%M:%S}.{int(record.msecs):03d}"
        trace = f"\n{self.formatException(record.exc_info)}" if record.exc_info else ""
        return masked(f"{at} {record.levelname:<7} {_room(record)}: {record.getMessage()}{trace}")


class JsonFormat(logging.Formatter):
    """One JSON object in one line, the traceback in it."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON."""
        values = {
            "at": _moment(record).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "room": _room(record),
            "message": masked(record.getMessage()),
        }
        if record.exc_info:
            values["trace"] = masked(self.formatException(record.exc_info))
        return msgspec.json.encode(values).decode()


def set_up_logs(form: str, level: str) -> None:
    """Log to standard error from now on: `form` is `text` or `json`."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormat() if form == "json" else TextFormat())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))


def _moment(record: logging.LogRecord) -> datetime:
    return datetime.fromtimestamp(record.created, UTC)


def _room(record: logging.LogRecord) -> str:
    return record.name.removeprefix("scattershot.")
