"""Bech32 (BIP-173), without its limit of ninety characters, as NIP-19 uses it."""

_SIGNS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_VALUES = {sign: value for value, sign in enumerate(_SIGNS)}
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)

MAX_CHARS = 5_000
"""NIP-19: longer ones may be refused."""


def _checksum(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for place, generator in enumerate(_GENERATOR):
            if top >> place & 1:
                check ^= generator
    return check


def _prefix_values(prefix: str) -> list[int]:
    return [ord(sign) >> 5 for sign in prefix] + [0] + [ord(sign) & 31 for sign in prefix]


def _regroup(values: bytes | list[int], have: int, want: int, *, pad: bool) -> list[int] | None:
    gathered, bits, made = 0, 0, []
    for value in values:
        gathered = gathered << have | value
        bits += have
        while bits >= want:
            bits -= want
            made.append(gathered >> bits & (1 << want) - 1)
        gathered &= (1 << bits) - 1
    if pad:
        return [*made, gathered << want - bits] if bits else made
    return None if bits >= have or gathered else made


def encode(prefix: str, data: bytes) -> str:
    """The data under that prefix."""
    values = _regroup(data, 8, 5, pad=True)
    assert values is not None
    check = _checksum(_prefix_values(prefix) + values + [0] * 6) ^ 1
    values += [check >> 5 * (5 - place) & 31 for place in range(6)]
    return f"{prefix}1{''.join(_SIGNS[value] for value in values)}"


def decode(text: str) -> tuple[str, bytes] | None:
    """Prefix and data, or None where the text is none or was mistyped."""
    if len(text) > MAX_CHARS or not text.isascii() or text not in (text.lower(), text.upper()):
        return None
    prefix, one, rest = text.lower().rpartition("1")
    if not one or not prefix or len(rest) < 6 or any(sign not in _VALUES for sign in rest):
        return None
    values = [_VALUES[sign] for sign in rest]
    if _checksum(_prefix_values(prefix) + values) != 1:
        return None
    data = _regroup(values[:-6], 5, 8, pad=False)
    return None if data is None else (prefix, bytes(data))
