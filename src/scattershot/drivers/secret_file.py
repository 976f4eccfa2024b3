"""A secret in a file of the data folder: beside the database, not in it, so that a copy of the one lacks the other."""

import os
import secrets
from pathlib import Path


def secret_in(folder: Path, name: str, length: int) -> bytes:
    """The secret of that name, made at first need; one that was cut short is made anew."""
    path = folder / name
    try:
        known = path.read_bytes()
        if len(known) == length:
            return known
    except FileNotFoundError:
        pass
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = secrets.token_bytes(length)
    partial = path.with_name(f"{name}.partial")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(made)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    return made
