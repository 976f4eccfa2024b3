"""Mastodon's CSV files: old forms and new, and lines that somebody broke."""

import time

import pytest

from scattershot.wirekit.mastodon_csv import BadLine, File, Line, decode, encode, encode_failures, text_of


def read(file: File, body: bytes) -> list[Line | BadLine]:
    return list(decode(file, text_of(body)))


def names(file: File, body: bytes) -> list[str]:
    return [line.name for line in read(file, body) if isinstance(line, Line)]


def test_what_mastodon_writes_of_those_one_follows_is_read_with_all_it_says() -> None:
    body = (
        b"Account address,Show boosts,Notify on new posts,Languages\n"
        b'bob@b.test,true,false,\neva@c.test,false,true,"de, pt-BR"\n'
    )
    assert read(File.FOLLOWING, body) == [
        Line("bob@b.test", boosts=True, notify=False, languages=()),
        Line("eva@c.test", boosts=False, notify=True, languages=("de", "pt-BR")),
    ]


def test_what_is_written_is_read_back_the_same() -> None:
    for file, lines in {
        File.FOLLOWING: [Line("bob@b.test", boosts=False, notify=True, languages=("de", "en"))],
        File.MUTES: [Line("bob@b.test", notifications=False), Line("eva@b.test", notifications=True)],
        File.BLOCKS: [Line("bob@b.test"), Line("eva@b.test")],
        File.FOLLOWERS: [Line("bob@b.test")],
        File.DOMAINS: [Line("b.test")],
        File.BOOKMARKS: [Line("https://b.test/p/1")],
        File.LISTS: [Line("bob@b.test", 'Friends, "near" and far'), Line("eva@b.test", "Ünïcode ☀")],
    }.items():
        assert read(file, encode(file, lines)) == lines


def test_the_headers_are_mastodons() -> None:
    assert encode(File.FOLLOWING, []) == b"Account address,Show boosts,Notify on new posts,Languages\n"
    assert encode(File.MUTES, [Line("bob@b.test")]) == b"Account address,Hide notifications\nbob@b.test,true\n"
    assert encode(File.BLOCKS, [Line("bob@b.test")]) == b"bob@b.test\n"
    assert encode(File.LISTS, [Line("bob@b.test", "A, b")]) == b'"A, b",bob@b.test\n'


@pytest.mark.parametrize(
    "body",
    [
        b"bob@b.test\neva@c.test",
        b"@bob@b.test\r\n\r\n  eva@c.test  \r\n",
        b"\xef\xbb\xbfAccount address\r\nbob@b.test\r\neva@c.test\r\n",
        "Account address\nbob@b.test\neva@c.test\n".encode("utf-16"),
        b"bob@b.test,true\neva@c.test,false",
        b'"bob@b.test"\r"acct:eva@c.test"\r',
        b"Show boosts,Account address\ntrue,bob@b.test\nfalse,eva@c.test\n",
    ],
)
def test_old_files_and_those_that_other_programs_saved_are_read(body: bytes) -> None:
    assert names(File.FOLLOWING, body) == ["bob@b.test", "eva@c.test"]


def test_an_open_quote_does_not_swallow_the_next_line() -> None:
    assert names(File.BLOCKS, b'"bob@b.test\neva@c.test\n') == ["bob@b.test", "eva@c.test"]


@pytest.mark.parametrize(
    "line",
    [b"not a name", b"a@b@c", b"\xff\xfe@b.test", b"x" * 3_000, b"\0", b"<script>@b.test", b",true", b"javascript:x"],
)
def test_a_hostile_line_is_told_of_and_harms_no_other(line: bytes) -> None:
    bad, good = read(File.FOLLOWING, b"Account address\n" + line + b"\nbob@b.test\n")
    assert isinstance(bad, BadLine)
    assert bad.why
    assert len(bad.text) <= 200
    assert good == Line("bob@b.test")


def test_each_file_knows_what_its_lines_are() -> None:
    assert names(File.DOMAINS, b"#domain\nB.test\n@c.test\nhttps://d.test/\n") == ["b.test", "c.test"]
    assert names(File.BOOKMARKS, b"https://b.test/p/1\nbob@b.test\nftp://b.test/x\n") == ["https://b.test/p/1"]
    lists = read(File.LISTS, b"List name,Account address\nFriends,bob@b.test\n,eva@b.test\n" + b"x" * 300 + b",c@d\n")
    assert [type(line) for line in lists] == [Line, BadLine, BadLine]


def test_failures_name_their_reason_and_can_be_given_in_again() -> None:
    lines = [Line("bob@b.test", notifications=True), BadLine("=cmd()", "that is no name like who@where")]
    body = encode_failures(File.MUTES, [(line, "it is down, today") for line in lines])
    assert body.splitlines()[0] == b"Account address,Hide notifications,Reason"
    assert b"\n'=cmd()" in body
    assert read(File.MUTES, body)[0] == Line("bob@b.test", notifications=True)


def test_a_hundred_thousand_lines_are_read_in_a_moment() -> None:
    body = encode(File.FOLLOWING, (Line(f"person{number}@node{number % 500}.test") for number in range(100_000)))
    began = time.process_time()
    assert sum(isinstance(line, Line) for line in read(File.FOLLOWING, body)) == 100_000
    assert time.process_time() - began < 5.0
