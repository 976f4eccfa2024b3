"""The words of slips, for full text: the second place where the two engines need two texts."""

from collections.abc import Sequence

from scattershot.ports.database import Transaction


def add(tx: Transaction, slip: int, words: Sequence[str]) -> None:
    """Have the slip found by these words, which are letters and digits alone."""
    if tx.engine == "postgres":
        tx.execute(
            "INSERT INTO slip_texts (slip, words) VALUES ($1, $2::tsvector)", slip, " ".join(dict.fromkeys(words))
        )
        return
    text = " ".join(words)
    tx.execute("INSERT INTO slip_texts (slip, words) VALUES ($1, $2)", slip, text)
    tx.execute("INSERT INTO slip_words (rowid, words) VALUES ($1, $2)", slip, text)


def drop(tx: Transaction, slip: int) -> None:
    """Have it found no more."""
    if tx.engine == "sqlite":
        text = tx.value("SELECT words FROM slip_texts WHERE slip = $1", slip)
        if text is None:
            return
        tx.execute("INSERT INTO slip_words (slip_words, rowid, words) VALUES ('delete', $1, $2)", slip, text)
    tx.execute("DELETE FROM slip_texts WHERE slip = $1", slip)


def matching(tx: Transaction, number: int) -> str:
    """A table of slips that hold all the words of parameter `number`, as `found`, and its condition."""
    if tx.engine == "postgres":
        return f"slip_texts found JOIN slips s ON s.seq = found.slip WHERE found.words @@ ${number}::tsquery"
    return f"slip_words found JOIN slips s ON s.seq = found.rowid WHERE slip_words MATCH ${number}"


def asked(tx: Transaction, words: Sequence[str]) -> str:
    """The words as that parameter: all of them, wherever they stand."""
    if tx.engine == "postgres":
        return " & ".join(f"'{word}'" for word in words)
    return " ".join(f'"{word}"' for word in words)
