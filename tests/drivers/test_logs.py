"""The log: what a record looks like, and that secrets are blotted out."""

import json
import logging
import sys

import pytest

from scattershot.drivers.logs import JsonFormat, TextFormat, masked


def _record(message: str, *, broken: bool = False) -> logging.LogRecord:
    trace = None
    if broken:
        try:
            raise ValueError("password=hunter2hunter2")
        except ValueError:
            trace = sys.exc_info()
    record = logging.LogRecord("scattershot.app.couriers", logging.INFO, "x.py", 1, message, None, trace)
    record.created, record.msecs = 1_767_225_600.25, 250
    return record


def test_text_is_one_line_for_people() -> None:
    assert TextFormat().format(_record("gone")) == "2026-01-01 00:00:00.250 INFO    app.couriers: gone"


def test_json_is_one_line_for_machines() -> None:
    line = JsonFormat().format(_record("two\nlines", broken=True))
    assert "\n" not in line
    told = json.loads(line)
    assert told["at"] == "2026-01-01T00:00:00.250+00:00"
    assert (told["level"], told["room"], told["message"]) == ("info", "app.couriers", "two\nlines")
    assert told["trace"].endswith("ValueError: password=…")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("GET /welcome/antVigFyNh-vA_QY0EXA0XJpU failed", "GET /welcome/… failed"),
        ("authorization: Bearer abcdefgh12345", "authorization: Bearer …"),
        ("postgresql://me:s3cret@db/x", "postgresql://me:…@db/x"),
        ("a -----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY----- b", "a -----BEGIN PRIVATE KEY-----… b"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE", "-----BEGIN RSA PRIVATE KEY-----…"),
        ("/callback?token=abc&x=1", "/callback?token=…&x=1"),
        ("http://host:8000/path@x", "http://host:8000/path@x"),
        ("welcome to /welcome", "welcome to /welcome"),
    ],
)
def test_what_looks_like_a_secret_is_blotted_out(text: str, shown: str) -> None:
    assert masked(text) == shown
