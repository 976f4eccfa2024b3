"""The rules of the house that no linter knows, read from the source itself."""

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "scattershot"
MODULES = {path.relative_to(PACKAGE).as_posix(): path for path in sorted(PACKAGE.rglob("*.py"))}
TREES = {name: ast.parse(path.read_text(encoding="utf-8"), name) for name, path in MODULES.items()}

PURE = re.compile(r"(domain|wirekit|protocols/[a-z_]+/(wire|translate|mesh))/")
# Where nothing awaits: the pure rooms, whatever runs inside a transaction, and what is read once at the start.
PLAIN = re.compile(rf"{PURE.pattern}|storage/tables/|app/apply(/|\.py)|settings\.py")

LONGEST_FILE = 500
LONGEST_FUNCTION = 60
# A file or function that may be longer, with the reason: "app/apply.py": "one arm for each kind of change".
LONG_FILES: dict[str, str] = {}
LONG_FUNCTIONS: dict[str, str] = {}

# perf_counter stays allowed: it measures how long something took and cannot tell what time it is.
CLOCKS = {
    "time": {"time", "time_ns", "monotonic", "monotonic_ns", "clock_gettime", "clock_gettime_ns"},
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
}
SQL = re.compile(
    r"\s*(select\s.*\bfrom\b|insert\s+(or\s+\w+\s+)?into\b|delete\s+from\b|update\s+\w+\s+set\b|with\s+\w+\s+as\b)",
    re.IGNORECASE | re.DOTALL,
)
# In pieces, or this file would break its own rule.
FORBIDDEN_TEXT = re.compile(
    r"(?<![\w.~-])/(work|root|tmp/wt)(?=/)"
    "|" + "|".join(re.escape(".".join(host)) for host in [
        ("pypi", "org"), ("pythonhosted", "org"), ("registry", "npmjs", "org"), ("registry", "yarnpkg", "com"),
        ("anaconda", "org"), ("deb", "debian", "org"), ("proxy", "golang", "org"),
    ])
)  # fmt: skip


def test_every_room_says_what_it_holds() -> None:
    silent = [name for name, tree in TREES.items() if not name.endswith("__init__.py") and not ast.get_docstring(tree)]
    assert silent == []


def test_every_folders_init_stays_empty() -> None:
    inits = [name for name in MODULES if name.endswith("/__init__.py")]
    assert [name for name in inits if MODULES[name].read_text(encoding="utf-8").strip()] == []


def test_plain_rooms_do_not_await() -> None:
    waiting = (ast.AsyncFunctionDef, ast.Await, ast.AsyncFor, ast.AsyncWith)
    assert [
        f"{name}:{node.lineno}"
        for name, tree in TREES.items()
        if PLAIN.match(name)
        for node in ast.walk(tree)
        if isinstance(node, waiting)
    ] == []


def test_only_the_clock_driver_asks_what_time_it_is() -> None:
    assert [
        f"{name}:{line} {clock}"
        for name, tree in TREES.items()
        if name != "drivers/system_clock.py"
        for line, clock in _clocks_used(tree)
    ] == []


def test_sql_is_written_in_storage_only() -> None:
    assert [
        f"{name}:{node.lineno}"
        for name, tree in TREES.items()
        if not name.startswith("storage/")
        for node in _texts(tree)
        if SQL.match(str(node.value))
    ] == []


def test_no_file_is_longer_than_a_chapter() -> None:
    files = {path.relative_to(ROOT).as_posix(): path for path in [*MODULES.values(), *(ROOT / "tests").rglob("*.py")]}
    lengths = {
        name: len(path.read_text(encoding="utf-8").splitlines())
        for name, path in files.items()
        if "node_modules" not in name and name.removeprefix("src/scattershot/") not in LONG_FILES
    }
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_no_function_is_longer_than_readers_bear() -> None:
    assert {
        f"{name}:{node.name}": length
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and f"{name}:{node.name}" not in LONG_FUNCTIONS
        if (length := (node.end_lineno or node.lineno) - node.lineno + 1) > LONGEST_FUNCTION
    } == {}


def test_every_exception_to_a_length_is_still_needed() -> None:
    needless = [name for name in LONG_FILES if len((MODULES[name]).read_text().splitlines()) <= LONGEST_FILE]
    assert needless == []


def test_no_file_names_this_machine_or_a_registry() -> None:
    told = [
        f"{path.relative_to(ROOT)}:{number} {found[0]}"
        for path in _files_of_the_repository()
        for number, line in enumerate(path.read_bytes().decode(errors="replace").splitlines(), 1)
        if (found := FORBIDDEN_TEXT.search(line))
    ]
    assert told == []


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("import time\ntime.time()", ["time.time"]),
        ("import time as t\nt.monotonic_ns()", ["time.monotonic_ns"]),
        ("from time import time as now\nnow()", ["time.time"]),
        ("from datetime import datetime, UTC\ndatetime.now(UTC)", ["datetime.now"]),
        ("import datetime as dt\ndt.datetime.utcnow()", ["datetime.utcnow"]),
        ("from datetime import date\nday = date.today", ["date.today"]),
        ("import time\ntime.perf_counter()\ntime.sleep(1)", []),
        ("from datetime import datetime\ndatetime.fromtimestamp(0)", []),
        ("clock.now()\nself.time()", []),
    ],
)
def test_the_rule_of_the_clock_sees_every_spelling(source: str, seen: list[str]) -> None:
    assert [clock for _, clock in _clocks_used(ast.parse(source))] == seen


@pytest.mark.parametrize(
    ("contract", "sentence"),
    [
        ("The floors of the house import downwards only", "domain is not allowed to import scattershot.app:"),
        (
            "A protocol does not know the others",
            "activitypub is not allowed to import scattershot.protocols.semaphore:",
        ),
        ("A frontend does not know the others", "web is not allowed to import scattershot.frontends.telegraph:"),
        (
            "Inside a protocol: adapter over gateway over translate over wire",
            "activitypub.wire is not allowed to import scattershot.protocols.activitypub.gateway:",
        ),
        ("A protocol or frontend never sees a table", "frontends is not allowed to import scattershot.storage:"),
        ("A wire knows no domain", "activitypub.wire is not allowed to import scattershot.domain:"),
        (
            "Pure rooms do no I/O, ask no clock, draw no lots and write no log",
            "scattershot.wirekit is not allowed to import random:",
        ),
    ],
)
def test_the_import_contracts_refuse_what_they_should(contract: str, sentence: str, broken_contracts: str) -> None:
    assert f"{contract} BROKEN" in broken_contracts
    assert sentence in broken_contracts


@pytest.fixture(scope="module")
def broken_contracts(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the linter says of a copy of the house in which every contract is broken once."""
    copy = tmp_path_factory.mktemp("house")
    shutil.copy(ROOT / "pyproject.toml", copy)
    house = copy / "src" / "scattershot"
    shutil.copytree(PACKAGE, house, ignore=shutil.ignore_patterns("__pycache__"))
    for room, imported in {
        "domain/upwards.py": "scattershot.app",
        "wirekit/lots.py": "random",
        "frontends/web/sideways.py": "scattershot.frontends.telegraph",
        "frontends/web/table.py": "scattershot.storage.tables",
        "protocols/activitypub/sideways.py": "scattershot.protocols.semaphore",
        "protocols/activitypub/wire/upwards.py": "scattershot.protocols.activitypub.gateway",
        "protocols/activitypub/wire/knowing.py": "scattershot.domain.ids",
        "protocols/semaphore/__init__.py": "ast",
        "frontends/telegraph/__init__.py": "ast",
    }.items():
        (house / room).parent.mkdir(exist_ok=True)
        (house / room).write_text(f"import {imported}\n")
    lint = (
        "import sys; sys.path.insert(0, 'src'); from importlinter.cli import lint_imports; sys.exit(lint_imports("
        "config_filename='pyproject.toml', no_cache=True))"
    )
    result = subprocess.run([sys.executable, "-c", lint], cwd=copy, capture_output=True, text=True, timeout=60)
    assert result.returncode == 1, result.stdout + result.stderr
    return " ".join(result.stdout.split())  # it wraps its lines


def _clocks_used(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Each mention of a clock, whatever name it was imported by, with its line."""
    called: dict[str, str] = {}  # by its name here: "time", "datetime" (the class), "date" or "module datetime"
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                if name.name in ("time", "datetime"):
                    called[name.asname or name.name] = "time" if name.name == "time" else "module datetime"
        elif isinstance(node, ast.ImportFrom) and node.module == "datetime":
            called |= {name.asname or name.name: name.name for name in node.names if name.name in ("datetime", "date")}
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            yield from ((node.lineno, f"time.{name.name}") for name in node.names if name.name in CLOCKS["time"])
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            owner = _owner(node.value, called)
            if node.attr in CLOCKS.get(owner, ()):
                yield node.lineno, f"{owner}.{node.attr}"


def _owner(node: ast.expr, called: dict[str, str]) -> str:
    if isinstance(node, ast.Name):
        return called.get(node.id, "")
    if isinstance(node, ast.Attribute) and _owner(node.value, called) == "module datetime":
        return node.attr
    return ""


def _texts(tree: ast.Module) -> Iterator[ast.Constant]:
    """Every string that is used for something, so not those that stand alone as documentation."""
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node


def _files_of_the_repository() -> list[Path]:
    """All that is, or would be, committed."""
    git = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(git, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout, so what belongs to the repository is unknown")
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()]
