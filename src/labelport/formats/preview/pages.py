"""A page of the gallery as it is written: a script with a row for each picture."""

from collections.abc import Iterator

import msgspec

from labelport.kit.format import Section
from labelport.model.export import State

PATH = "pages/{part:05d}.js"
HEAD, TAIL = b"show([\n", b"\n]);\n"
SECTION = Section("pictures", b",\n")


class Picture(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a page knows of a picture: `overlay` is a PNG in base64 that lies over it.

    `media` is where the picture is, or the picture itself (RFC 2397); `note` says why there is none.
    """

    task: int
    name: str
    state: State
    frame: int | None = None
    width: int | None = None
    height: int | None = None
    media: str | None = None
    overlay: str | None = None
    classes: dict[str, int] = {}
    note: str | None = None


encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Picture).decode


def rows(page: bytes) -> Iterator[Picture]:
    """Yield the pictures of a page."""
    held = page.removeprefix(HEAD).removesuffix(TAIL)
    yield from (_decode(row) for row in held.split(SECTION.separator) if row)
