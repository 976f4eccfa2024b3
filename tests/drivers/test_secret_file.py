"""A secret beside the database: made once, for its owner's eyes."""

from pathlib import Path

from scattershot.drivers.secret_file import secret_in


def test_a_secret_is_made_once(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    made = secret_in(folder, "push.key", 32)
    assert len(made) == 32
    assert secret_in(folder, "push.key", 32) == made
    assert (folder / "push.key").stat().st_mode & 0o777 == 0o600
    assert [file.name for file in folder.iterdir()] == ["push.key"]


def test_one_that_was_cut_short_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "push.key").write_bytes(b"short")
    (tmp_path / "push.key.partial").write_bytes(b"left over")
    assert len(secret_in(tmp_path, "push.key", 32)) == 32
