"""Addresses: which ones lead out into the public internet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scattershot.wirekit.addresses import is_public_address


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1",
        "8.8.8.8",
        "100.63.255.255",
        "100.128.0.0",
        "172.15.255.255",
        "172.32.0.1",
        "192.0.1.1",
        "198.20.0.1",
        "223.255.255.255",
        "2606:4700:4700::1111",
        "2a01:4f8::1",
        "2001:4860:4860::8888",
        "64:ff9b::8.8.8.8",
        "64:ff9b::808:808",
    ],
)
def test_public_addresses_are_public(address: str) -> None:
    assert is_public_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
    ],
)
def test_inner_and_special_ipv4_addresses_are_not_in_any_dress(address: str) -> None:
    assert not is_public_address(address)
    for dressed in (f"::ffff:{address}", f"::{address}", f"64:ff9b::{address}", f"::ffff:0:{address}"):
        assert not is_public_address(dressed)


@pytest.mark.parametrize(
    "address",
    [
        "::",
        "::1",
        "::ffff:8.8.8.8",
        "::ffff:808:808",
        "::8.8.8.8",
        "64:ff9b:1::808:808",
        "100::1",
        "2001::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:2::1",
        "2001:10::1",
        "2001:20::1",
        "2001:db8::1",
        "2002:808:808::1",
        "2002:7f00:1::",
        "3ffe::1",
        "3fff::1",
        "5f00::1",
        "4000::1",
        "fc00::1",
        "fd12:3456:789a::1",
        "fe80::1",
        "fe80::1%eth0",
        "2a01:4f8::1%eth0",
        "fec0::1",
        "ff02::1",
        "ff0e::1",
    ],
)
def test_special_ipv6_addresses_are_not_public(address: str) -> None:
    assert not is_public_address(address)


@pytest.mark.parametrize(
    "text",
    ["", "localhost", "8.8.8", "8.8.8.08", "0x08.8.8.8", "134744072", "[::1]", "8.8.8.8:80", " 8.8.8.8", "8.8.8.8\n"],
)
def test_what_is_no_address_is_not_public(text: str) -> None:
    assert not is_public_address(text)


@given(st.ip_addresses())
def test_what_python_calls_private_is_never_public_to_us(address: object) -> None:
    if is_public_address(str(address)):
        in_nat64 = str(address).startswith("64:ff9b::")
        assert in_nat64 or address.is_global  # type: ignore[attr-defined]


@given(st.text())
def test_garbage_never_raises(text: str) -> None:
    assert not is_public_address(text)
