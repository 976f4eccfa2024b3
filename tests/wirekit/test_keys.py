"""Keys: what is made, what is loaded, what is refused."""

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from scattershot.wirekit import keys

RSA_PEM = keys.generate_rsa()
ED25519_PEM = keys.generate_ed25519()


def spki(key: object) -> str:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()  # type: ignore[attr-defined,no-any-return]


@pytest.mark.parametrize(("pem", "kind"), [(RSA_PEM, "rsa"), (ED25519_PEM, "ed25519")])
def test_what_one_half_signs_the_other_verifies(pem: str, kind: str) -> None:
    private = keys.load_private(pem)
    public = keys.load_public(keys.public_pem(private))
    assert public is not None
    assert keys.kind_of(private) == keys.kind_of(public) == kind
    signature = keys.sign(private, b"news")
    assert keys.verify(public, signature, b"news")
    assert not keys.verify(public, signature, b"other news")
    assert not keys.verify(public, signature[:-1], b"news")
    assert not keys.verify(public, b"", b"news")


def test_a_key_is_loaded_once() -> None:
    assert keys.load_private(RSA_PEM) is keys.load_private(RSA_PEM)
    pem = keys.public_pem(keys.load_private(RSA_PEM))
    assert keys.load_public(pem) is keys.load_public(pem)


def test_our_rsa_keys_have_2048_bits() -> None:
    private = keys.load_private(RSA_PEM)
    assert isinstance(private, rsa.RSAPrivateKey)
    assert private.key_size == 2048


def test_a_pem_with_windows_line_ends_and_white_space_around_it_is_read() -> None:
    pem = keys.public_pem(keys.load_private(RSA_PEM)).replace("\n", "\r\n")
    assert keys.load_public(f"\n  {pem}\n ") is not None


def test_the_older_pkcs1_form_of_a_public_key_is_read() -> None:
    private = keys.load_private(RSA_PEM)
    assert isinstance(private, rsa.RSAPrivateKey)
    assert keys.load_public(private.public_key().public_bytes(Encoding.PEM, PublicFormat.PKCS1).decode()) is not None


def test_a_short_rsa_key_is_refused() -> None:
    assert keys.load_public(spki(rsa.generate_private_key(65537, 1024).public_key())) is None  # noqa: S505


def test_an_rsa_key_past_8192_bits_is_refused() -> None:
    assert keys.load_public(spki(rsa.RSAPublicNumbers(65537, (1 << 8192) + 1).public_key())) is None
    assert keys.load_public(spki(rsa.RSAPublicNumbers(65537, (1 << 8191) + 1).public_key())) is not None


def test_an_rsa_key_with_a_giant_exponent_is_refused() -> None:
    assert keys.load_public(spki(rsa.RSAPublicNumbers((1 << 2000) + 1, (1 << 2047) + 1).public_key())) is None


def test_keys_of_other_kinds_are_refused() -> None:
    assert keys.load_public(spki(ec.generate_private_key(ec.SECP256R1()).public_key())) is None
    assert (
        keys.load_public(
            spki(dsa.DSAPublicNumbers(5, dsa.DSAParameterNumbers((1 << 2047) + 1, (1 << 255) + 1, 2)).public_key())
        )
        is None
    )


def test_a_private_key_of_another_kind_is_no_key_of_ours() -> None:
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(ValueError, match="signing key"):
        keys.load_private(pem.decode())


def test_a_private_key_is_not_taken_for_a_public_one() -> None:
    assert keys.load_public(RSA_PEM) is None


def test_a_pem_of_a_megabyte_is_not_even_looked_at() -> None:
    assert keys.load_public("-----BEGIN PUBLIC KEY-----\n" + "A" * 1_000_000) is None


@given(st.text())
def test_garbage_is_no_key(text: str) -> None:
    assert keys.load_public(text) is None
    assert keys.load_public(f"-----BEGIN PUBLIC KEY-----\n{text}\n-----END PUBLIC KEY-----") is None


def test_the_multikey_of_the_w3c_test_vector() -> None:
    private = Ed25519PrivateKey.from_private_bytes(
        bytes.fromhex("c96ef9ea10c5e414c471723aff9de72c35fa5b70fae97e8832ecac7d2e2b8ed6")
    )
    assert keys.multikey_of(private) == "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"


def test_a_multikey_comes_back_as_the_same_key() -> None:
    private = keys.load_private(ED25519_PEM)
    assert isinstance(private, Ed25519PrivateKey)
    text = keys.multikey_of(private)
    assert text.startswith("z6Mk")
    public = keys.public_from_multikey(text)
    assert public is not None
    assert keys.multikey_of(public) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "z",
        "z0OIl",
        "6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2",
        "uAQID",
        "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ",
        keys.multibase_encode(b"\x85\x24" + b"k" * 32),
        keys.multibase_encode(b"\xed\x01" + b"k" * 33),
        "z" + "1" * 10_000,
    ],
)
def test_what_is_no_ed25519_multikey_is_refused(text: str) -> None:
    assert keys.public_from_multikey(text) is None


@given(st.binary(max_size=128))
def test_multibase_loses_nothing(data: bytes) -> None:
    assert keys.multibase_decode(keys.multibase_encode(data)) == data


@given(st.text())
def test_multibase_of_anything_never_raises(text: str) -> None:
    decoded = keys.multibase_decode("z" + text)
    assert decoded is None or keys.multibase_encode(decoded) == "z" + text
