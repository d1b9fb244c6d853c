"""Pictures for a prompt: a file, a data: address, or an address the endpoint fetches itself."""

import base64
import re
from pathlib import Path
from urllib.parse import urlsplit

from compare_tui.core.prompt import Image
from compare_tui.promptfiles.places import Place, read_bytes

LARGEST_PICTURE = 20_000_000
_TYPES = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"GIF8[79]a"), "image/gif"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "image/webp"),
)
_ADDRESS = re.compile(r"(https?://|data:)", re.IGNORECASE)


def read_image(path: Path) -> Image:
    """A picture file; its first bytes say what it is, whatever its name."""
    return _image(path.name, read_bytes(path, LARGEST_PICTURE), Place.of(path))


def is_address(reference: str) -> bool:
    return _ADDRESS.match(reference) is not None


def image_at(address: str, place: Place) -> Image:
    """The picture of an http(s) or data: address."""
    if address[:5].lower() != "data:":
        return Image(_last_part(address), url=address)
    kind, _, data = address.partition(",")
    if not kind.lower().endswith(";base64"):
        raise place.error("a data: address must hold a picture in base64")
    try:
        found = base64.b64decode(data, validate=True)
    except ValueError:
        raise place.error("the data: address of a picture is not good base64") from None
    return _image("picture", found, place)


def _image(name: str, data: bytes, place: Place) -> Image:
    if len(data) > LARGEST_PICTURE:
        raise place.error(f"a picture is larger than {LARGEST_PICTURE // 1_000_000} MB; make it smaller")
    mime = next((mime for start, mime in _TYPES if start.match(data)), None)
    if mime is None:
        raise place.error("this is no PNG, JPEG, GIF or WebP picture; convert it to one")
    return Image(name, mime, data)


def _last_part(address: str) -> str:
    try:
        return urlsplit(address).path.rpartition("/")[2] or address
    except ValueError:
        return address
