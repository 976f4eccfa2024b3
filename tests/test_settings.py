"""Settings from a file, the environment and the command line."""

from pathlib import Path

import pytest

from scattershot.settings import BadSettings, read_settings


def test_nothing_set_is_a_node_for_trying_things_out() -> None:
    settings = read_settings(None, {}, {})
    assert settings.origin == "http://localhost:8000"
    assert settings.domains == ("localhost:8000",)


def test_the_later_wins(tmp_path: Path) -> None:
    file = tmp_path / "s.toml"
    file.write_text('title = "from the file"\norigin = "https://file.example"\ndescription = "stays"\n')
    settings = read_settings(file, {"SCATTERSHOT_TITLE": "from outside", "SCATTERSHOT_ORIGIN": "https://out.example"},
                             {"origin": "https://hand.example"})  # fmt: skip
    assert (settings.title, settings.origin, settings.description) == ("from outside", "https://hand.example", "stays")


def test_names_may_live_on_other_domains() -> None:
    settings = read_settings(
        None, {"SCATTERSHOT_DOMAINS": "Example.ORG, bücher.example"}, {"origin": "https://social.example.org"}
    )
    assert settings.domains == ("example.org", "xn--bcher-kva.example")
    assert (settings.domain, settings.host) == ("example.org", "social.example.org")


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"origin": "example.org"}, "origin"),
        ({"origin": "https://example.org/path"}, "origin"),
        ({"listen": "nowhere"}, "listen"),
        ({"domains": ("not a domain",)}, "domains"),
        ({"couriers": 0}, "couriers"),
        ({"log_format": "xml"}, "log_format"),
        ({"colour": "blue"}, "colour"),
        ({"udp": "5683"}, "udp"),
        ({"udp": "0.0.0.0:coap"}, "udp"),
        ({"udp_address": "example.org"}, "udp_address"),
        ({"udp_groups": ("224.0.0.251:5683",)}, "udp_groups"),
        ({"udp_groups": ("[ff0e::1]:5683",)}, "udp_groups"),
        ({"udp_neighbour": "hub.example"}, "udp_neighbour"),
    ],
)
def test_what_cannot_be_used_is_named(given: dict[str, object], word: str) -> None:
    with pytest.raises(BadSettings, match=word):
        read_settings(None, {}, given)


def test_a_file_that_is_no_toml_is_named(tmp_path: Path) -> None:
    file = tmp_path / "s.toml"
    file.write_text("= nonsense")
    with pytest.raises(BadSettings, match=r"s\.toml"):
        read_settings(file, {}, {})
