"""Web Push: the examples of the standards to the byte, and messages that the far end opens by itself."""

import pytest
from cryptography.exceptions import InvalidSignature, InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from scattershot.testing.push_phone import PushPhone, bytes_of, claims_of, private_key, text_of
from scattershot.wirekit import web_push
from scattershot.wirekit.web_push import MAX_PLAIN_BYTES, Receiver, Vouched, WrongKeyError, receiver

SALT = b"0123456789abcdef"
OWN = web_push.load_key(web_push.generate_key())
CODINGS = [web_push.seal, web_push.seal_as_drafted]


def test_the_example_of_rfc_8291_section_5_comes_out_to_the_byte() -> None:
    sealed = web_push.seal(
        b"When I grow up, I want to be a watermelon",
        receiver(
            "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
            "BTBZMqHH6r4Tts7J_aSIgg",
        ),
        private_key("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"),
        bytes_of("DGv6ra1nlYgDCS1FRnbzlw"),
    )
    assert text_of(sealed.body) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3"
        "jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )
    assert sealed.headers == (("content-encoding", "aes128gcm"),)


def test_the_example_of_rfc_8291_is_opened_by_its_receiver() -> None:
    phone = PushPhone(private_key("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"), bytes_of("BTBZMqHH6r4Tts7J_aSIgg"))
    sealed = web_push.seal(
        b"When I grow up, I want to be a watermelon",
        receiver(**phone.keys),
        private_key("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"),
        bytes_of("DGv6ra1nlYgDCS1FRnbzlw"),
    )
    assert phone.opened(*sealed) == b"When I grow up, I want to be a watermelon"


def test_the_example_of_the_draft_section_5_comes_out_to_the_byte() -> None:
    phone = PushPhone(private_key("9FWl15_QUQAWDaD3k3l50ZBZQJ4au27F1V4F0uLSD_M"), bytes_of("R29vIGdvbyBnJyBqb29iIQ"))
    assert text_of(phone.point) == (
        "BCEkBjzL8Z3C-oi2Q7oE5t2Np-p7osjGLg93qUP0wvqRT21EEWyf0cQDQcakQMqz4hQKYOQ3il2nNZct4HgAUQU"
    )
    sealed = web_push.seal_as_drafted(
        b"I am the walrus",
        receiver(**phone.keys),
        private_key("nCScek-QpEjmOOlT-rQ38nZzvdPlqa00Zy0i6m2OJvY"),
        bytes_of("lngarbyKfMoi9Z75xYXmkg"),
    )
    assert text_of(sealed.body) == "6nqAQUME8hNqw5J3kl8cpVVJylXKYqZOeseZG8UueKpA"
    assert sealed.headers == (
        ("content-encoding", "aesgcm"),
        ("encryption", "salt=lngarbyKfMoi9Z75xYXmkg"),
        ("crypto-key", "dh=BNoRDbb84JGm8g5Z5CFxurSqsXWJ11ItfXEWYVLE85Y7CYkDjXsIEc4aqxYaQ1G8BqkXCJ6DPpDrWtdWj_mugHU"),
    )
    assert phone.opened(*sealed) == b"I am the walrus"


@pytest.mark.parametrize("coding", CODINGS)
@given(plain=st.binary(max_size=MAX_PLAIN_BYTES), auth=st.binary(min_size=16, max_size=16))
def test_what_is_sealed_is_opened_by_the_far_end_alone(coding: object, plain: bytes, auth: bytes) -> None:
    phone = PushPhone(auth=auth)
    sealed = coding(plain, Receiver(phone.point, auth), OWN, SALT)  # type: ignore[operator]
    assert phone.opened(*sealed) == plain
    with pytest.raises(InvalidTag):
        PushPhone(auth=auth).opened(*sealed)


@pytest.mark.parametrize("coding", CODINGS)
def test_a_message_fits_into_what_every_push_service_takes(coding: object) -> None:
    phone = PushPhone()
    to = receiver(**phone.keys)
    sealed = coding(b"x" * MAX_PLAIN_BYTES, to, OWN, SALT)  # type: ignore[operator]
    assert len(sealed.body) <= 4096
    with pytest.raises(ValueError, match="at most"):
        coding(b"x" * (MAX_PLAIN_BYTES + 1), to, OWN, SALT)  # type: ignore[operator]


@pytest.mark.parametrize(
    "spelt",
    [
        lambda text: text,
        lambda text: text + "=" * (-len(text) % 4),
        lambda text: text.replace("-", "+").replace("_", "/"),
        lambda text: f" {text}\n",
    ],
)
def test_keys_are_read_in_every_spelling(spelt: object) -> None:
    phone = PushPhone(private_key("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"), bytes(range(240, 256)))
    keys = {name: spelt(value) for name, value in phone.keys.items()}  # type: ignore[operator]
    assert receiver(**keys) == Receiver(phone.point, bytes(range(240, 256)))


@pytest.mark.parametrize(
    "keys",
    [
        {"p256dh": "", "auth": ""},
        {"p256dh": "****"},
        {"p256dh": text_of(b"\x04" + b"\x01" * 64)},
        {"p256dh": text_of(b"\x04" + b"\x01" * 63)},
        {"p256dh": text_of(b"\x05" * 65)},
        {"p256dh": "é" * 87},
        {"auth": text_of(b"x" * 15)},
        {"auth": "no base64!"},
    ],
)
def test_what_is_no_key_is_refused(keys: dict[str, str]) -> None:
    with pytest.raises(WrongKeyError):
        receiver(**{**PushPhone().keys, **keys})


@pytest.mark.parametrize("coding", CODINGS)
def test_a_push_service_learns_who_sends(coding: object) -> None:
    vouched = web_push.vouch(OWN, "https://push.example", 1_700_000_000, "mailto:admin@a.example")
    sealed = coding(b"x", receiver(**PushPhone().keys), OWN, SALT)  # type: ignore[operator]
    headers = vouched.headers(sealed)
    claims, public = claims_of(headers)
    assert claims == {"aud": "https://push.example", "exp": 1_700_000_000, "sub": "mailto:admin@a.example"}
    assert public == web_push.public_text(OWN)
    assert len(public) == 87
    with pytest.raises(InvalidSignature):
        claims_of(Vouched(vouched.token[:-6] + "AAAAAA", vouched.public).headers(sealed))


def test_the_tokens_place_is_that_of_the_messages_coding() -> None:
    vouched, to = Vouched("t.o.k", "public"), receiver(**PushPhone().keys)
    headers = vouched.headers(web_push.seal(b"x", to, OWN, SALT))
    assert headers.get("authorization") == "vapid t=t.o.k, k=public"
    headers = vouched.headers(web_push.seal_as_drafted(b"x", to, OWN, SALT))
    assert headers.get("authorization") == "WebPush t.o.k"
    assert (headers.get("crypto-key") or "").endswith(";p256ecdsa=public")


def test_a_key_of_ours_is_read_again_and_no_other() -> None:
    from scattershot.wirekit.keys import generate_ed25519

    pem = web_push.generate_key()
    assert web_push.public_text(web_push.load_key(pem)) == web_push.public_text(web_push.load_key(pem))
    with pytest.raises(ValueError, match="Web Push"):
        web_push.load_key(generate_ed25519())
