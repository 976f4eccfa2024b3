"""What a file is by its first bytes: the few kinds of pictures, sounds and films that are dealt with; no guesses."""

HEAD_BYTES = 4096
"""How much of a file's beginning is enough to know."""

_HEAD_OF_MP3 = 4
_BRANDS = {
    b"avif": "image/avif", b"avis": "image/avif", b"heic": "image/heic", b"heix": "image/heic", b"hevc": "image/heic",
    b"heim": "image/heic", b"heis": "image/heic", b"mif1": "image/heic", b"msf1": "image/heic",
    b"M4A ": "audio/mp4", b"M4B ": "audio/mp4", b"qt  ": "video/quicktime",
}  # fmt: skip
_MP4_BRANDS = frozenset(
    {b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"iso7", b"iso8", b"iso9", b"mp41", b"mp42", b"mp71",
     b"avc1", b"av01", b"dash", b"M4V ", b"MSNV", b"3gp4", b"3gp5", b"3gp6", b"mmp4", b"f4v ", b"XAVC"}
)  # fmt: skip
_CODECS_IN_OGG = (b"OpusHead", b"\x01vorbis", b"\x7fFLAC", b"Speex   ")
_BIT_RATES = {
    1: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),  # MPEG 1, layer III
    2: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),  # MPEG 2 and 2.5, layer III
}
_SAMPLE_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}


def media_type_of(head: bytes) -> str:
    """The media type of a file that begins so (give it `HEAD_BYTES`, or all there is), or nothing."""
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if head.startswith(b"RIFF"):
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(head[8:12], "")
    if head[4:8] == b"ftyp":
        return _in_boxes(head)
    if head.startswith(b"\x1aE\xdf\xa3"):
        return "video/webm" if b"\x42\x82\x84webm" in head[:64] else ""
    if head.startswith(b"OggS"):
        return "audio/ogg" if head[28:36].startswith(_CODECS_IN_OGG) else ""
    if head.startswith(b"fLaC"):
        return "audio/flac"
    return _sound_without_container(head)


def _in_boxes(head: bytes) -> str:
    """ISO base media: the brand says what is in it; of an unknown one the compatible brands are asked."""
    size = int.from_bytes(head[:4], "big")
    if not 16 <= size <= 1024:
        return ""
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, min(size, len(head)), 4))]
    for brand in brands:
        if brand in _BRANDS:
            # A still picture of either sort may call itself mif1 first.
            is_avif = b"avif" in brands or b"avis" in brands
            return "image/avif" if is_avif and _BRANDS[brand] == "image/heic" else _BRANDS[brand]
        if brand in _MP4_BRANDS:
            return "video/mp4"
    return ""


def _sound_without_container(head: bytes) -> str:
    if head.startswith(b"ID3") and len(head) > 10 and head[3] < 0xFF:
        return "audio/mpeg"
    if len(head) >= 7 and head[0] == 0xFF and head[1] & 0xF6 == 0xF0 and (head[2] >> 2) & 15 < 13:
        length = ((head[3] & 3) << 11) | (head[4] << 3) | (head[5] >> 5)
        return "audio/aac" if length >= 7 and _goes_on(head, length, head[:2]) else ""
    length = _frame_of_mp3(head)
    return "audio/mpeg" if length and _goes_on(head, length, head[:2]) else ""


def _frame_of_mp3(head: bytes) -> int:
    """How long the MPEG layer III frame is that the bytes begin with; 0 where they do not."""
    if len(head) < _HEAD_OF_MP3 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return 0
    version, bit_rate, sample_rate = (head[1] >> 3) & 3, head[2] >> 4, (head[2] >> 2) & 3
    if version == 1 or not 0 < bit_rate < 15 or sample_rate == 3:
        return 0
    table, factor = (1, 144_000) if version == 3 else (2, 72_000)
    rate = _BIT_RATES[table][bit_rate - 1]
    return factor * rate // _SAMPLE_RATES[version][sample_rate] + ((head[2] >> 1) & 1)


def _goes_on(head: bytes, length: int, sync: bytes) -> bool:
    """Whether the next frame begins as this one did, as far as can be seen: two bytes alone prove little."""
    following = head[length : length + 2]
    return (
        len(head) < HEAD_BYTES if len(following) < 2 else following[:1] == sync[:1] and following[1] | 1 == sync[1] | 1
    )
