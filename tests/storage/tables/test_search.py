"""The index of words: what both engines find is what a plain look through every post finds."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scattershot.domain.ids import Millis, PostId, snowflake
from scattershot.domain.words import is_beginning, sought, words_of
from scattershot.ports.database import Database, Transaction
from scattershot.storage.tables import search
from scattershot.storage.tables.search import Document, Wanted
from tests.engines import database, engine

__all__ = ["database", "engine"]

EVERYTHING = Wanted(traits=(frozenset({"open"}),))
SECOND = 1_000


def post(number: int) -> PostId:
    return PostId(snowflake(Millis(1_700_000_000_000 + number * SECOND), number))


def holds(document: Document, wanted: Wanted) -> bool:
    """The plain twin of what the engines do."""
    words, traits = document.words.split(), set(document.traits.split())

    def says(phrase: tuple[str, ...]) -> bool:
        if is_beginning(phrase):
            return any(word.startswith(phrase[0]) for word in words)
        return any(tuple(words[n : n + len(phrase)]) == phrase for n in range(len(words)))

    return (
        all(map(says, wanted.phrases))
        and not any(map(says, wanted.no_phrases))
        and all(one_of & traits for one_of in wanted.traits)
        and not wanted.no_traits & traits
    )


async def found(database: Database, wanted: Wanted, *, above: int = -1, below: int = search.END) -> list[PostId]:
    hits = await database.read(lambda tx: search.find(tx, wanted, above, below, 1_000), slow=True)
    return [hit.post for hit in hits]


async def put(database: Database, number: int, words: str, traits: str = "open") -> bool:
    document = Document(" ".join(words_of(words)), traits)
    return await database.write(lambda tx: search.put(tx, post(number), document))


async def test_what_the_engine_finds_is_what_a_plain_look_finds(database: Database) -> None:
    dice = random.Random(5)
    vocabulary = ["fog", "weir", "heron", "mill", "or", "not", "near", "and", "straße", "猫", "黒猫", "café"]
    traits = ["open", "for7", "by1", "by2", "image", "langen"]
    posts = {
        post(number): Document(
            " ".join(words_of(" ".join(dice.choices(vocabulary, k=dice.randrange(12))))),
            " ".join(dice.sample(traits, dice.randrange(len(traits)))),
        )
        for number in range(60)
    }

    def work(tx: Transaction) -> None:
        for number, document in posts.items():
            search.put(tx, number, document)

    await database.write(work)
    for _ in range(150):
        phrases = [
            sought(" ".join(dice.choices(vocabulary, k=dice.choice((1, 1, 2))))) for _ in range(dice.randrange(3))
        ]
        cut = dice.randrange(len(phrases) + 1)
        wanted = Wanted(
            tuple(phrases[:cut]),
            tuple(phrases[cut:]),
            tuple(frozenset(dice.sample(traits, dice.choice((1, 2)))) for _ in range(dice.choice((1, 2)))),
            frozenset(dice.sample(traits, dice.randrange(2))),
        )
        assert await found(database, wanted) == [n for n in sorted(posts, reverse=True) if holds(posts[n], wanted)], (
            wanted
        )


async def test_a_post_is_found_by_what_it_says_now_and_by_nothing_else(database: Database) -> None:
    assert await put(database, 1, "the weir is mended")
    assert not await put(database, 1, "the weir is mended"), "nothing new"
    assert await put(database, 1, "the heron is back", "open image")
    assert await found(database, Wanted(phrases=(("weir",),), traits=(frozenset({"open"}),))) == []
    assert await found(database, Wanted(phrases=(("heron",),), traits=(frozenset({"image"}),))) == [post(1)]
    assert await database.write(lambda tx: search.drop(tx, post(1)))
    assert not await database.write(lambda tx: search.drop(tx, post(1)))
    assert await found(database, EVERYTHING) == []
    assert await found(database, Wanted(phrases=(("heron",),), traits=(frozenset({"image"}),))) == []


async def test_deleting_leaves_nothing_in_the_index(database: Database) -> None:
    for number in range(50):
        await put(database, number, f"secret{number} words of a post")
    for number in range(50):
        await database.write(lambda tx, number=number: search.drop(tx, post(number)))

    def work(tx: Transaction) -> None:
        assert search.count(tx) == 0
        if tx.engine == "sqlite":  # it checks its own structure, and has no row left
            tx.execute("INSERT INTO search_words (search_words) VALUES ('integrity-check')")
            tx.execute("INSERT INTO search_words (search_words) VALUES ('optimize')")
            size = tx.value("SELECT coalesce(sum(length(block)), 0) FROM search_words_data")
            assert size < 200, "the words themselves are gone"

    await database.write(work)


async def test_the_newest_come_first_however_late_they_were_told_of(database: Database) -> None:
    for number in (30, 10, 20):
        await put(database, number, "fog")
    assert await found(database, EVERYTHING) == [post(30), post(20), post(10)]


async def test_a_second_may_have_more_posts_than_numbers(database: Database) -> None:
    same = [PostId(snowflake(Millis(1_700_000_000_000), low)) for low in range(3 * search.PER_SECOND)]

    def work(tx: Transaction) -> None:
        for number in same:
            search.put(tx, number, Document("flood", "open"))

    await database.write(work)
    await put(database, 1, "flood")
    assert sorted(await found(database, EVERYTHING)) == [*same, post(1)]


async def test_a_stretch_is_between_two_numbers(database: Database) -> None:
    for number in range(5):
        await put(database, number, "fog")
    second, fourth = await database.read(lambda tx: (search.number_of(tx, post(1)), search.number_of(tx, post(3))))
    assert await found(database, EVERYTHING, above=second, below=fourth) == [post(2)]
    moment = Millis(1_700_000_000_000 + 2 * SECOND)
    assert await found(database, EVERYTHING, above=search.number_at(moment) - 1) == [post(4), post(3), post(2)]
    unknown = post(7)
    assert await database.read(lambda tx: search.number_of(tx, unknown)) > await database.read(
        lambda tx: search.number_of(tx, post(4))
    )


async def test_a_common_word_and_a_rare_one_are_both_found(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "_WINDOW", 5)
    for number in range(40):
        await put(database, number, "fog and weir" if number == 3 else "fog")
    rare = Wanted(phrases=(("weir",),), traits=(frozenset({"open"}),))
    assert await found(database, rare) == [post(3)]
    hits = await database.read(lambda tx: search.find(tx, EVERYTHING, -1, search.END, 4))
    assert [hit.post for hit in hits] == [post(39), post(38), post(37), post(36)]
    hits = await database.read(lambda tx: search.find(tx, EVERYTHING, -1, hits[-1].number, 10))
    assert [hit.post for hit in hits] == [post(n) for n in range(35, 25, -1)]


async def test_clearing_asks_for_everything_anew(database: Database) -> None:
    await put(database, 1, "fog")
    await database.write(search.clear)
    assert await found(database, EVERYTHING) == []
    todo = await database.read(search.todo)
    assert todo is not None


@pytest.fixture(scope="module")
def texts() -> list[Wanted]:
    """What hypothesis made up, to be put before the engines."""
    made: list[Wanted] = []
    word = st.text(st.characters(exclude_characters="\x00", exclude_categories=("Cs",)), min_size=1, max_size=8)
    phrases = st.lists(st.lists(word, min_size=1, max_size=3).map(tuple), max_size=3).map(tuple)

    @settings(max_examples=60, database=None)
    @given(phrases, phrases, st.lists(st.frozensets(word, min_size=1, max_size=2), max_size=2).map(tuple))
    def make(
        phrases: tuple[tuple[str, ...], ...], others: tuple[tuple[str, ...], ...], traits: tuple[frozenset[str], ...]
    ) -> None:
        made.append(Wanted(phrases, others, (frozenset({"open"}), *traits), frozenset()))

    make()
    return made


async def test_no_word_whatever_it_holds_is_read_as_an_operator(database: Database, texts: list[Wanted]) -> None:
    """Queries are cut into plain words long before; should that ever fail, a quote is still only a quote."""
    await put(database, 1, "fog")
    nasty = ['"', "'", "\\", '" OR "open', "') | ('=open", "NOT", "*", "^", "a:*", "words", "{", "%", "'':*", "a\\'b"]
    for words in nasty:
        for wanted in (
            Wanted(phrases=((words,),), traits=EVERYTHING.traits),
            Wanted((), ((words, "b"),), EVERYTHING.traits),
        ):
            assert await found(database, wanted) in ([], [post(1)])
        assert post(1) not in await found(database, Wanted(phrases=((words, "b"),), traits=EVERYTHING.traits))
    for wanted in texts:
        assert await found(database, wanted) in ([], [post(1)])
