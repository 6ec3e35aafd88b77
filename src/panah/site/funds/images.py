"""Pictures of updates: drawn anew before anyone signs, looked through again before anything is published.

A photograph carries where, when and with what it was made. So a member draws it anew first (`panah site
image`), signs the hash of the copy, and the site refuses every picture that holds more than pixels: only
JPEG, and of it only the segments that a decoder needs. Refuses large files and decompression bombs before
they are decoded.
"""

from __future__ import annotations

import io
import warnings
from typing import Final

from PIL import Image, ImageOps

from panah.errors import N_, InputError, RefusedError

LARGEST_FILE: Final = 12 * 1024 * 1024
LARGEST_COPY: Final = 1024 * 1024
LARGEST_PIXELS: Final = 50_000_000
LONGEST_SIDE: Final = 1600
_READS: Final = ("JPEG", "PNG", "WEBP")

# ISO/IEC 10918-1 Table B.1: frame, Huffman and quantisation tables, restart interval, scan, and the JFIF
# head (APP0). Every other APPn and COM may carry a camera, a place, a name or a second picture.
_JPEG_MARKERS: Final = frozenset({0xC0, 0xC1, 0xC2, 0xC4, 0xDA, 0xDB, 0xDD, 0xE0})
_JFIF: Final = b"JFIF\x00"


def _open(data: bytes) -> Image.Image:
    if len(data) > LARGEST_FILE:
        raise InputError(N_("This picture is larger than %(limit)s MB."), limit=LARGEST_FILE // 1024**2)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data), formats=_READS)
            if image.width * image.height <= LARGEST_PIXELS:
                image.load()
                return image
    except Exception as error:  # decoders raise nearly anything on hostile bytes
        raise InputError(
            N_("This is not a picture that Panah can read."), hint=N_("Use a JPEG, PNG or WebP file.")
        ) from error
    raise InputError(N_("This picture has more than %(limit)s megapixels."), limit=LARGEST_PIXELS // 10**6)


def redraw(data: bytes) -> bytes:
    """Give a fresh JPEG with nothing but the pixels, turned upright, at most 1600 pixels a side."""
    drawn = ImageOps.exif_transpose(_open(data))
    drawn.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    pixels = drawn.convert("RGBA")
    canvas = Image.new("RGB", pixels.size, "white")  # a new object: no info dictionary comes along
    canvas.paste(pixels, mask=pixels)
    for quality in (84, 70, 55, 40):
        out = io.BytesIO()
        canvas.save(out, "JPEG", quality=quality, optimize=True)
        if out.tell() <= LARGEST_COPY:
            return out.getvalue()
    raise InputError(N_("This picture stays larger than %(limit)s kB."), limit=LARGEST_COPY // 1024)


def require_clean(data: bytes) -> None:
    """Refuse a picture that could hold more than its pixels, or that does not decode."""
    if len(data) > LARGEST_COPY or not _is_clean_jpeg(data):
        raise RefusedError(
            N_("A picture may still hold where and with what it was made."),
            hint=N_("Draw it anew, then sign the update with the copy: panah site image FILE --out COPY."),
        )
    _open(data)


def _is_clean_jpeg(data: bytes) -> bool:
    if not data.startswith(b"\xff\xd8"):
        return False
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker, size = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == 0xD9:
            break
        if marker not in _JPEG_MARKERS or size < 2:
            return False
        head = data[at + 4 : at + 2 + size]
        # JFIF 1.02: an APP0 of 16 bytes has no thumbnail.
        if marker == 0xE0 and (size != 16 or not head.startswith(_JFIF) or head[12:] != b"\0\0"):
            return False
        at += 2 + size
        if marker == 0xDA:
            at = _after_scan(data, at)
    return data[at:] == b"\xff\xd9"


def _after_scan(data: bytes, at: int) -> int:
    """Skip entropy-coded bytes: an FF in them is followed by 00 or a restart marker (B.1.1.2, B.1.1.5)."""
    while True:
        at = data.find(b"\xff", at)
        if at < 0 or at + 1 >= len(data):
            return len(data)
        if data[at + 1] != 0 and not 0xD0 <= data[at + 1] <= 0xD7:
            return at
        at += 2
