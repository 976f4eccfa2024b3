"""WebSub and rssCloud as they are spoken, without a network."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scattershot.protocols.feeds.wire.rss_cloud import Registration, read_registration, read_rpc, read_rpc_registration
from scattershot.protocols.feeds.wire.websub import (
    BadRequest,
    HubRequest,
    is_signed,
    read_hub_request,
    signature,
    with_query,
)


def test_a_signature_is_that_of_the_specification() -> None:
    signed = signature("secret", b"body")
    assert signed == "sha256=dc46983557fea127b43af721467eb9b3fde2338fe3e14f51952aa8478c13d355"
    assert is_signed("secret", b"body", signed)
    assert is_signed("secret", b"body", signed.upper().replace("SHA256", "sha256"))


@pytest.mark.parametrize(
    "header", ["", "sha256=", "sha256=zz", "md5=d41d8cd98f00b204e9800998ecf8427e", "sha256=" + "0" * 64]
)
def test_what_is_not_signed_is_not_believed(header: str) -> None:
    assert not is_signed("secret", b"body", header)


@given(st.binary(max_size=50), st.text(max_size=20))
def test_nobody_else_can_sign(body: bytes, secret: str) -> None:
    signed = signature(secret, body)
    assert is_signed(secret, body, signed)
    assert not is_signed(f"{secret}x", body, signed)
    assert not is_signed(secret, body + b"x", signed)


def test_a_query_is_added_to_what_is_there() -> None:
    assert with_query("https://a.example/?x=1", hub_mode="subscribe", challenge="a b") == (
        "https://a.example/?x=1&hub.mode=subscribe&challenge=a+b"
    )
    assert with_query("https://a.example/", hub_lease_seconds=7) == "https://a.example/?hub.lease_seconds=7"


@given(
    st.dictionaries(
        st.sampled_from(["hub.mode", "hub.topic", "hub.callback", "hub.secret", "hub.lease_seconds"]), st.text()
    )
)
def test_any_form_is_a_request_or_a_word_about_it(form: dict[str, str]) -> None:
    assert isinstance(read_hub_request(form), HubRequest | BadRequest)


@given(
    st.dictionaries(
        st.sampled_from(["protocol", "domain", "port", "path", "notifyProcedure", "url", "url1"]), st.text()
    )
)
def test_any_form_is_a_registration_or_a_word_about_it(form: dict[str, str]) -> None:
    assert isinstance(read_registration(form), Registration | BadRequest)


@pytest.mark.parametrize(
    ("domain", "port", "protocol", "address"),
    [
        ("r.example", "80", "http-post", "http://r.example/n"),
        ("r.example", "443", "http-post", "https://r.example/n"),
        ("r.example", "5337", "https-post", "https://r.example:5337/n"),
        ("https://r.example", "443", "http-post", "https://r.example/n"),
        ("", "5337", "http-post", "http://192.0.2.1:5337/n"),
    ],
)
def test_where_one_is_told_by_rss_cloud(domain: str, port: str, protocol: str, address: str) -> None:
    asked = read_registration(
        {"domain": domain, "port": port, "protocol": protocol, "path": "n", "url2": "b", "url1": "a"}
    )
    assert isinstance(asked, Registration)
    assert asked.address("192.0.2.1") == address
    assert asked.feeds == ("a", "b")


def test_a_caller_of_ipv6_is_told_there() -> None:
    asked = read_registration({"port": "5337", "path": "/n", "url1": "a"})
    assert isinstance(asked, Registration)
    assert asked.address("2001:db8::1") == "http://[2001:db8::1]:5337/n"


@given(st.text(st.sampled_from("<>/methodCallparamsvalue "), max_size=80))
def test_any_text_is_a_call_or_none(text: str) -> None:
    read_rpc(text)
    assert isinstance(read_rpc_registration(text), Registration | BadRequest)
