"""Encryption between two keys (NIP-44 version 2), and of a key under a password (NIP-49)."""

import hmac
from base64 import b64decode, b64encode
from hashlib import scrypt

from coincurve import PublicKey
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from scattershot.wirekit import bech32

VERSION = 2
MAX_PLAIN = 65_535
"""Bytes of a text that can be encrypted."""
MAX_LOG_ROUNDS = 20
"""Rounds of scrypt (as a power of two) that are carried out at most: a gigabyte of memory."""


class Undecipherable(ValueError):
    """It was not encrypted so, or not for this key, or somebody altered it."""


def conversation_key(secret: bytes, pubkey: str) -> bytes:
    """The key that two have in common; ValueError where one of theirs is none."""
    try:
        point = PublicKey(b"\x02" + bytes.fromhex(pubkey)).multiply(secret)
    except ValueError as problem:
        raise ValueError("this is no key") from problem
    return hmac.digest(b"nip44-v2", point.format(compressed=False)[1:33], "sha256")


def message_keys(conversation: bytes, nonce: bytes) -> tuple[bytes, bytes, bytes]:
    """Key and nonce of the cipher, and the key of the seal, of one message."""
    expanded, block = b"", b""
    for count in range(1, 4):
        block = hmac.digest(conversation, block + nonce + bytes((count,)), "sha256")
        expanded += block
    return expanded[:32], expanded[32:44], expanded[44:76]


def padded_length(length: int) -> int:
    """To how many bytes a text of so many is padded, so that its length does not tell much."""
    if length <= 32:
        return 32
    power = 1 << (length - 1).bit_length()
    chunk = 32 if power <= 256 else power // 8
    return chunk * ((length - 1) // chunk + 1)


def encrypt(plain: str, conversation: bytes, nonce: bytes) -> str:
    """The payload; `nonce` is 32 random bytes. ValueError where the text is empty or too long."""
    text = plain.encode()
    if not 0 < len(text) <= MAX_PLAIN:
        raise ValueError(f"a text of 1 to {MAX_PLAIN} bytes can be encrypted")
    padded = len(text).to_bytes(2, "big") + text + bytes(padded_length(len(text)) - len(text))
    key, cipher_nonce, seal = message_keys(conversation, nonce)
    hidden = _chacha20(key, cipher_nonce, padded)
    mac = hmac.digest(seal, nonce + hidden, "sha256")
    return b64encode(bytes((VERSION,)) + nonce + hidden + mac).decode()


def decrypt(payload: str, conversation: bytes) -> str:
    """The text; Undecipherable where it cannot be read."""
    if payload.startswith("#") or not 132 <= len(payload) <= 87_472:
        raise Undecipherable("this is not encrypted in a way that we know")
    try:
        data = b64decode(payload, validate=True)
    except ValueError as problem:
        raise Undecipherable("this is not base64") from problem
    if data[0] != VERSION or len(data) < 99:
        raise Undecipherable("this is not encrypted in a way that we know")
    nonce, hidden, mac = data[1:33], data[33:-32], data[-32:]
    key, cipher_nonce, seal = message_keys(conversation, nonce)
    if not hmac.compare_digest(hmac.digest(seal, nonce + hidden, "sha256"), mac):
        raise Undecipherable("this is for somebody else, or was altered")
    padded = _chacha20(key, cipher_nonce, hidden)
    length = int.from_bytes(padded[:2], "big")
    if length == 0 or len(padded) != 2 + padded_length(length):
        raise Undecipherable("the padding is wrong")
    try:
        return padded[2 : 2 + length].decode()
    except UnicodeDecodeError as problem:
        raise Undecipherable("this is no text") from problem


def _chacha20(key: bytes, nonce: bytes, data: bytes) -> bytes:
    """From block 0, as RFC 8439 counts."""
    return Cipher(algorithms.ChaCha20(key, bytes(4) + nonce), None).encryptor().update(data)


# -- a key under a password


def lock_key(secret: bytes, password: str, chance: bytes, *, log_rounds: int = 16, security: int = 2) -> str:
    """The private key as `ncryptsec`; `chance` is 40 random bytes. The password is to be in NFKC already."""
    salt, nonce = chance[:16], chance[16:40]
    key = _password_key(password, salt, log_rounds)
    hidden = _xchacha(key, nonce).encrypt(_tail(nonce), secret, bytes((security,)))
    return bech32.encode("ncryptsec", bytes((VERSION, log_rounds)) + salt + nonce + bytes((security,)) + hidden)


def unlock_key(locked: str, password: str) -> bytes:
    """The private key; Undecipherable where the text is none, or the password another."""
    found = bech32.decode(locked.strip())
    if found is None or found[0] != "ncryptsec" or len(found[1]) != 91 or found[1][0] != VERSION:
        raise Undecipherable("this is no encrypted key")
    data = found[1]
    if data[1] > MAX_LOG_ROUNDS or data[1] < 1:
        raise Undecipherable("this key was locked with more rounds than we carry out")
    salt, nonce, security, hidden = data[2:18], data[18:42], data[42:43], data[43:]
    try:
        return _xchacha(_password_key(password, salt, data[1]), nonce).decrypt(_tail(nonce), hidden, security)
    except InvalidTag as problem:
        raise Undecipherable("the password is another") from problem


def _password_key(password: str, salt: bytes, log_rounds: int) -> bytes:
    rounds = 1 << log_rounds
    return scrypt(password.encode(), salt=salt, n=rounds, r=8, p=1, maxmem=rounds * 1024 + (1 << 20) * 2, dklen=32)


def _xchacha(key: bytes, nonce: bytes) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(_hchacha20(key, nonce[:16]))


def _tail(nonce: bytes) -> bytes:
    return bytes(4) + nonce[16:]


def _hchacha20(key: bytes, nonce: bytes) -> bytes:
    """The key of XChaCha20 (draft-irtf-cfrg-xchacha section 2.2), which the library has not."""
    state = [0x61707865, 0x3320646E, 0x79622D32, 0x6B206574]
    state += [int.from_bytes((key + nonce)[place : place + 4], "little") for place in range(0, 48, 4)]
    for _ in range(10):
        for a, b, c, d in _ROUND:
            for one, other, by, turn in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
                state[one] = (state[one] + state[other]) & 0xFFFFFFFF
                mixed = state[by] ^ state[one]
                state[by] = (mixed << turn | mixed >> 32 - turn) & 0xFFFFFFFF
    return b"".join(word.to_bytes(4, "little") for word in state[:4] + state[12:])


_ROUND = (
    (0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
    (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14),
)  # fmt: skip
