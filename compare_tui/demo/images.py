"""Images in a request: what they are and how large, read from their first bytes and never decoded."""

import base64
import binascii
import re
import struct
from dataclasses import dataclass

from compare_tui.demo.luck import digest
from compare_tui.demo.refusal import Refusal

_DATA_URL = re.compile(r"data:image/[\w.+-]{1,40};base64,", re.ASCII)
_JPEG_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_BARE = frozenset(range(0xD0, 0xD9)) | {0x01}
_TILE = 512
_MOST_TILES = 36


@dataclass(frozen=True, slots=True)
class Image:
    """One image as it was seen: its kind, its pixels if the header tells them, its bytes."""

    kind: str
    width: int | None
    height: int | None
    bytes: int
    detail: str
    fingerprint: str

    @property
    def tokens(self) -> int:
        """85 for a glance, 170 more for each tile of 512 pixels."""
        if self.detail == "low" or self.width is None or self.height is None:
            return 85
        tiles = -(-self.width // _TILE) * -(-self.height // _TILE)
        return 85 + 170 * min(tiles, _MOST_TILES)

    def __str__(self) -> str:
        if self.width is None:
            return f"{self.kind}, {self.bytes:,} bytes"
        return f"{self.kind}, {self.width} × {self.height} pixels"


def read_image(url: str, detail: str | None, param: str) -> Image:
    if url.startswith(("http://", "https://")):
        raise _invalid("This endpoint never fetches anything: send the image as a data: URL.", param)
    opening = _DATA_URL.match(url)
    if opening is None:
        raise _invalid("Expected a base64-encoded data URL with an image MIME type.", param)
    try:
        data = base64.b64decode(url[opening.end() :], validate=True)
    except (binascii.Error, ValueError):
        raise _invalid("The data URL is not valid base64.", param) from None
    if not data:
        raise _invalid("The image is empty.", param)
    kind, width, height = measure(data)
    return Image(kind, width, height, len(data), detail or "auto", digest(url))


def measure(data: bytes) -> tuple[str, int | None, int | None]:
    """Kind, width and height; None where the header does not reach that far."""
    if data.startswith(b"\x89PNG\r\n\x1a\n") and len(data) >= 24:
        return ("PNG", *struct.unpack(">II", data[16:24]))
    if data.startswith((b"GIF87a", b"GIF89a")) and len(data) >= 10:
        return ("GIF", *struct.unpack("<HH", data[6:10]))
    if data.startswith(b"\xff\xd8"):
        return ("JPEG", *_jpeg_size(data))
    return "image", None, None


def _jpeg_size(data: bytes) -> tuple[int | None, int | None]:
    """Walk from marker to marker until the frame that states the size."""
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker in _JPEG_SIZES:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        if marker == 0xFF:
            at += 1
        elif marker in _JPEG_BARE:
            at += 2
        else:
            at += 2 + max(int.from_bytes(data[at + 2 : at + 4], "big"), 2)
    return None, None


def _invalid(message: str, param: str) -> Refusal:
    return Refusal(f"Invalid '{param}'. {message}", param=param, code="invalid_image_url")
