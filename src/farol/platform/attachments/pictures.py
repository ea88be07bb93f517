"""Whether a picture is whole and of a sane size, read from its structure; nothing is decoded."""

from __future__ import annotations

import mmap
import struct

Content = bytes | mmap.mmap
MOST_PIXELS = 64_000_000
LONGEST_SIDE = 20_000


def sane(width: int, height: int) -> bool:
    """False for a header that promises a picture no camera takes and no memory holds."""
    return 0 < width <= LONGEST_SIDE and 0 < height <= LONGEST_SIDE and width * height <= MOST_PIXELS


def png(content: Content) -> bool:
    """Chunks from IHDR to IEND, and nothing behind."""
    at, first, total = 8, True, len(content)
    if total < 33:
        return False
    while at + 12 <= total:
        length, name = struct.unpack(">I4s", content[at : at + 8])
        if first and (name != b"IHDR" or length != 13 or not sane(*struct.unpack(">II", content[at + 8 : at + 16]))):
            return False
        first, at = False, at + 12 + length
        if name == b"IEND":
            return at == total
    return False


def jpeg(content: Content) -> bool:
    """Segments up to the picture's data, with a frame of a sane size, and an end of the picture."""
    at, total, framed = 2, len(content), False
    while at + 4 <= total and content[at] == 0xFF:
        marker = content[at + 1]
        length = struct.unpack(">H", content[at + 2 : at + 4])[0]
        if marker in range(0xC0, 0xD0) and marker not in (0xC4, 0xC8, 0xCC):
            if at + 9 > total:
                return False
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            if not sane(width, height):
                return False
            framed = True
        if marker == 0xDA:
            return framed and content.rfind(b"\xff\xd9") > at
        if length < 2:
            return False
        at += 2 + length
    return False


def webp(content: Content) -> bool:
    """A RIFF of exactly the file's length whose first chunk says a sane size."""
    if len(content) < 30 or struct.unpack("<I", content[4:8])[0] + 8 not in (len(content), len(content) + 1):
        return False
    name = content[12:16]
    if name == b"VP8X":
        return sane(*(int.from_bytes(content[i : i + 3], "little") + 1 for i in (24, 27)))
    if name == b"VP8L":
        bits = struct.unpack("<I", content[21:25])[0]
        return content[20] == 0x2F and sane((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if name == b"VP8 ":
        return content[23:26] == b"\x9d\x01\x2a" and sane(*(v & 0x3FFF for v in struct.unpack("<HH", content[26:30])))
    return False


def heic(content: Content) -> bool:
    """Boxes that end where the file ends, of a brand of still pictures, with sane sizes."""
    length = struct.unpack(">I", content[:4])[0]
    brands = {content[i : i + 4] for i in (8, *range(16, min(length, 256), 4))}
    if not brands & {b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"hevc"}:
        return False
    at, total = 0, len(content)
    while at + 8 <= total:
        size = struct.unpack(">I", content[at : at + 4])[0]
        if size == 1 and at + 16 <= total:
            size = struct.unpack(">Q", content[at + 8 : at + 16])[0]
        if size < 8:
            return size == 0 and _sizes(content)
        at += size
    return at == total and _sizes(content)


def _sizes(content: Content) -> bool:
    at, found = content.find(b"ispe"), False
    while at >= 0:
        if len(content) < at + 16 or not sane(*struct.unpack(">II", content[at + 8 : at + 16])):
            return False
        found, at = True, content.find(b"ispe", at + 4)
        if at > 1 << 20:
            break
    return found
