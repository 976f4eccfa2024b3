"""How a verb typed at the terminal is carried out: by the node that runs on the data folder, else right here.

Each part is imported when it is needed, so that all verbs start at once.
"""

import os
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from scattershot import __version__

if TYPE_CHECKING:
    from scattershot.settings import Settings

T = TypeVar("T")

PATIENCE = 10.0
"""How many seconds a verb waits where the data folder is busy and nobody answers: a node that starts or stops."""


def node_options(verb: Callable[..., Any]) -> Callable[..., Any]:
    """The options that every verb on a node takes."""
    for option in (
        click.option("--verbose", is_flag=True, help="Log what happens on standard error."),
        click.option("--config", type=click.Path(path_type=Path, dir_okay=False), help="A settings file to read."),
        click.option(
            "--data", type=click.Path(path_type=Path, file_okay=False), help="The node's data folder [default: data]."
        ),
    ):
        verb = option(verb)
    return verb


def settings_at(data: Path | None, config: Path | None, **given: Any) -> "Settings":
    """The settings for a data folder, with what was given by hand."""
    from msgspec.structs import replace

    from scattershot.settings import BadSettings, read_settings

    try:
        settings = read_settings(config, os.environ, {"data": str(data) if data else None, **given})
    except BadSettings as problem:
        raise click.ClickException(str(problem)) from problem
    return replace(settings, data=settings.data.absolute())


def perform(verb: str, where: dict[str, Any], arguments: dict[str, Any], *, new: bool = False) -> None:
    """Carry a verb out and end the process with its status."""
    sys.exit(carried(verb, where, arguments, click.echo, new=new))


def carried(
    verb: str, where: dict[str, Any], arguments: dict[str, Any], out: Callable[[str], object], *, new: bool = False
) -> int:
    """Have the node that runs carry a verb out, or do it here; the exit status."""
    from scattershot.drivers.control import Asked, Line, NoAnswerError, ask

    verbose = where.pop("verbose")
    settings = settings_at(**where)
    asked = Asked(verb, arguments)

    def tell(line: Line) -> None:
        if line.out is not None:
            out(line.out)
        if line.note is not None:
            click.echo(line.note, err=True)

    try:
        for _ in range(int(PATIENCE / _PAUSE)):
            lines = ask(settings.data, asked, __version__)
            if lines is not None:
                status = 1
                for line in lines:
                    tell(line)
                    status = line.end if line.end is not None else status
                return status
            if _try_to_own(settings, new=new) is not None:
                return _perform_here(settings, asked, tell, verbose=verbose)
            _pause()
    except NoAnswerError as problem:
        raise click.ClickException(str(problem)) from problem
    raise click.ClickException(
        f"{settings.data} is in use by another scattershot that does not answer. If it is not about to start or stop, "
        "end that process."
    )


_PAUSE = 0.1


def _pause() -> None:
    import time

    time.sleep(_PAUSE)


def _try_to_own(settings: "Settings", *, new: bool) -> int | None:
    """Own the data folder from now on, or None where another process does; `new` makes one where there is none."""
    from scattershot.machines import DataInUseError, own_data
    from scattershot.opening import is_set_up

    if not new and not is_set_up(settings):
        raise click.ClickException(
            f"There is no node in {settings.data} yet. This starts one: scattershot run --data {settings.data}"
        )
    try:
        return own_data(settings.data)
    except DataInUseError:
        return None
    except OSError as problem:
        raise click.ClickException(f"{settings.data} cannot be used: {problem.strerror}.") from problem


def _perform_here(settings: "Settings", asked: Any, tell: Callable[[Any], None], *, verbose: bool) -> int:
    from scattershot.drivers.logs import set_up_logs
    from scattershot.opening import Trouble
    from scattershot.verbs.carrying import carry_out_here

    set_up_logs(settings.log_format, "DEBUG" if verbose else "ERROR")
    try:
        return run_async(carry_out_here(settings, asked, tell))
    except Trouble as problem:
        raise click.ClickException(str(problem)) from problem


def run_async(work: Coroutine[Any, Any, T]) -> T:
    """What the coroutine comes to, on a loop of its own."""
    import asyncio

    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)
