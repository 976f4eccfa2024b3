"""The emojis that the form of a post offers, with the names that Unicode gives them, as one small file for browsers.

Those alone that are pictures by themselves (Emoji_Presentation, unicode.org/reports/tr51), without shades of skin; what
the Python that runs the node has no name for is left out.
"""

import gzip
import unicodedata
from functools import cache

import msgspec

_GROUPS: tuple[tuple[str, str], ...] = (
    (
        "Faces",
        "1F600-1F64F 1F910-1F917 1F920-1F92F 1F970-1F976 1F978-1F97A 1FAE0-1FAE7 1F47F-1F480 1F916 1F4A9 1F648-1F64A",
    ),
    (
        "Hands and people",
        "1F440 1F442-1F487 1F4AA 1F57A 1F595-1F596 1F90C-1F90F 1F918-1F91F 1F930-1F93A 1F93C-1F93E "
        "1F9B0-1F9BF 1F9CD-1F9DF 1FAC0-1FAC5 1FAF0-1FAF6 270A-270B",
    ),
    (
        "Hearts",
        "1F493-1F49F 1F5A4 1F90D-1F90E 1F9E1 1F48B-1F48F 1F525 1F4A5-1F4A6 1F4AB 1F4AF 2728 2B50 1F31F",
    ),
    (
        "Animals and plants",
        "1F400-1F43E 1F980-1F9AE 1FAB0-1FABA 1F330-1F335 1F337-1F344 1F490 1F54A 1F577",
    ),
    (
        "Food and drink",
        "1F345-1F37C 1F37E-1F37F 1F32D-1F32F 1F950-1F96F 1F9C0-1F9CB 1FAD0-1FAD9 2615",
    ),
    (
        "Places and ways",
        "1F30D-1F320 1F3E0-1F3F0 1F5FB-1F5FF 1F680-1F6C5 1F6D5-1F6D7 1F6DD-1F6DF 1F6EB-1F6EC 1F6F4-1F6FC "
        "26EA 26F2-26F3 26F5 26FA 26FD 2693",
    ),
    (
        "Weather and time",
        "1F300-1F30C 1F311-1F31E 1F550-1F567 231A-231B 23E9-23EC 23F0 23F3 2614 26A1 26C4-26C5",
    ),
    (
        "Things to do",
        "1F380-1F393 1F3A0-1F3CA 1F3CF-1F3D3 1F3F8-1F3FA 1F945 1F947-1F94F 1F9E9 1FA80-1FA86 26BD-26BE 1F3C6",
    ),
    (
        "Things",
        "1F451-1F45F 1F484-1F489 1F48C-1F492 1F4A1-1F4A4 1F4A8-1F4FC 1F4FF-1F53D 1F54B-1F54E 1F9E0-1F9FF "
        "1FA70-1FA74 1FA78-1FA7C 1FA90-1FAAC 1F5E8",
    ),
    (
        "Signs",
        "2648-2653 267F 26AA-26AB 26CE 26D4 2705 274C 274E 2753-2755 2757 2795-2797 27B0 27BF 2B1B-2B1C "
        "2B55 1F6D0-1F6D2 1F7E0-1F7EB 1F7F0 1F170-1F171 1F17E-1F17F 1F18E 1F191-1F19A",
    ),
)
_SKINS = range(0x1F3FB, 0x1F400)


@cache
def emojis_packed() -> bytes:
    """The same, packed with gzip."""
    return gzip.compress(emojis_as_json())


@cache
def emojis_as_json() -> bytes:
    """Groups with their emojis, each with its name in small letters; an emoji is in the first group that has it."""
    seen: set[int] = set()
    groups = []
    for title, ranges in _GROUPS:
        found = []
        for each in ranges.split():
            first, _, last = each.partition("-")
            for code in range(int(first, 16), int(last or first, 16) + 1):
                name = unicodedata.name(chr(code), "")
                if name and code not in seen and code not in _SKINS:
                    seen.add(code)
                    found.append([chr(code), name.lower()])
        groups.append({"title": title, "emojis": found})
    return msgspec.json.encode(groups)
