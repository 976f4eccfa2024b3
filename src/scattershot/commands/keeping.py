"""Copies of a node, and what somebody takes along or brings."""

import os
import sys
from pathlib import Path
from typing import Any

import click

from scattershot import __version__
from scattershot.performing import carried, node_options, perform, run_async, settings_at


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--force", is_flag=True, help="Replace FILE where it exists.")
@node_options
def backup(file: Path, force: bool, **where: Any) -> None:
    """Copy the whole node into FILE, consistent also while it runs. Keep it as you keep a key: it holds keys."""
    if file.exists() and not force:
        raise click.ClickException(f"{file} exists already; --force replaces it.")
    told: list[str] = []
    status = carried("copy database", where, {"mark": f"copy-{os.getpid()}"}, told.append)
    if status:
        sys.exit(status)
    _pack(file.absolute(), told[0])
    click.echo(f"{file}: {file.stat().st_size:,} bytes", err=True)


def _pack(file: Path, told: str) -> None:
    import json

    from scattershot.drivers.archive import MEDIA, SETTINGS, SIGNETS, Sources, media_named_in, pack

    answer = json.loads(told)
    copy = Path(answer["copy"])
    try:
        names, folder = run_async(media_named_in(copy)), copy.parent
        sources = Sources(copy, folder / SETTINGS, folder / MEDIA, names, folder / SIGNETS)
        pack(file, sources, __version__, answer["made"], answer["origin"])
    except OSError as problem:
        raise click.ClickException(f"{file} cannot be written: {problem.strerror}.") from problem
    finally:
        for rest in ("", "-wal", "-shm"):
            copy.with_name(f"{copy.name}{rest}").unlink(missing_ok=True)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--force", is_flag=True, help="Replace the node that is in the folder.")
@node_options
def restore(file: Path, force: bool, **where: Any) -> None:
    """Put a backup into the data folder, which must be empty. Never let two nodes run from one backup."""
    from scattershot.drivers.archive import ArchiveError, unpack
    from scattershot.machines import DataInUseError, own_data

    del where["verbose"]
    folder = settings_at(**where).data
    if not force and folder.is_dir() and any(each.name != "lock" for each in folder.iterdir()):
        raise click.ClickException(f"{folder} is not empty; --force replaces the node in it.")
    try:
        own_data(folder)
        manifest = run_async(unpack(file, folder))
    except DataInUseError as problem:
        raise click.ClickException(f"{folder} is in use: stop the node first.") from problem
    except ArchiveError as problem:
        raise click.ClickException(str(problem)) from problem
    except OSError as problem:
        raise click.ClickException(f"{folder} cannot be written: {problem.strerror}.") from problem
    click.echo(f"{folder} holds {manifest.origin} as of {manifest.made}, kept by version {manifest.version}.", err=True)


@click.command("export")
@click.argument("name")
@click.option("--to", "folder", required=True, type=click.Path(path_type=Path, file_okay=False), help="Where to.")
@node_options
def export(name: str, folder: Path, **where: Any) -> None:
    """Write what is NAME's into a folder: Mastodon's CSV files, and archive.zip with every post and picture."""
    import json
    import shutil

    told: list[str] = []
    status = carried("export", where, {"name": name}, told.append)
    if status:
        sys.exit(status)
    made = {folder / file: Path(path) for file, path in json.loads(told[0]).items()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if there := next((target for target in made if target.exists()), None):
            raise click.ClickException(f"{there} exists already; name another folder.")
        for target, path in made.items():
            shutil.move(path, target)
            click.echo(f"{target}: {target.stat().st_size:,} bytes", err=True)
    except OSError as problem:
        raise click.ClickException(f"{folder} cannot be written: {problem.strerror}.") from problem
    finally:
        for path in made.values():
            path.unlink(missing_ok=True)


@click.command("import")
@click.argument("name")
@click.argument("kind", type=click.Choice(["following", "blocks", "mutes", "domains", "bookmarks", "lists"]))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--overwrite", is_flag=True, help="End whatever is here and not in FILE.")
@node_options
def import_(name: str, kind: str, file: Path, overwrite: bool, **where: Any) -> None:
    """Take over a CSV file that NAME brings from Mastodon or its kin; what fails is told on standard error.

    Whom one follows, and lists, may come as a list of feeds (OPML) as well."""
    import shutil

    folder = settings_at(where["data"], where["config"]).data
    mark = f"import-{os.getpid()}.csv"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.copyfile(file, folder / mark)
        perform("import", where, {"name": name, "kind": kind, "mark": mark, "overwrite": overwrite})
    except OSError as problem:
        raise click.ClickException(f"{file} cannot be read: {problem.strerror}.") from problem
    finally:
        (folder / mark).unlink(missing_ok=True)


VERBS = (backup, restore, export, import_)
