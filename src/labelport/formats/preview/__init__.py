"""Preview: a gallery in HTML that opens without a server, each picture with its objects drawn over it.

`index.html` loads one page of pictures at a time, so that neither the exporter nor the browser holds a large project.
"""

import re
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Annotated

import msgspec

from labelport.formats.preview.gallery import html
from labelport.kit import overlay
from labelport.kit.format import Context, Document, File, Format, Row, Section
from labelport.kit.scenes import Scene, count, scenes, size
from labelport.model.export import Carries, State
from labelport.model.record import Record

INDEX, PAGES = "index.html", "pages/{part:05d}.js"
FLAT = ("box", "rotated_box", "ellipse", "polygon", "multi_polygon", "polygon_with_hole", "mask")
LINES = ("polyline", "point", "keypoints", "cuboid")
CARRIES = Carries(
    kinds=frozenset({*FLAT, *LINES}),
    converts={"track": "frames"},
    features=frozenset({"on", "outside", "z_order"}),
)
_TASK = re.compile(rb'\{"task":(\d+)')
_encode = msgspec.json.Encoder().encode


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`per_page`: pictures on a page. `side`: pixels of the longer side of what is drawn over a picture.

    `media`: the folder (seen from `index.html`) or the address that pictures lie under, by their paths in the delivery;
    without it they are shown from where the project has them.
    """

    per_page: Annotated[int, msgspec.Meta(ge=1)] = 60
    side: Annotated[int, msgspec.Meta(ge=16, le=4096)] = 640
    media: str = ""


class Picture(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a page knows of a picture: `overlay` is a PNG in base64 that lies over it."""

    task: int
    name: str
    state: State
    frame: int | None = None
    width: int | None = None
    height: int | None = None
    media: str | None = None
    overlay: str | None = None
    classes: dict[str, int] = {}


def once(context: Context) -> tuple[File, ...]:
    """Return the gallery."""
    return (File(INDEX, html(context.classes, overlay.style(context.classes).colours)),)


def documents(context: Context) -> tuple[Document, ...]:
    """Return the pages: scripts, since a browser reads nothing else beside a file without a server."""
    rows = Section("pictures", b",\n")
    return (Document(PAGES, (b"show([\n", rows, b"\n]);\n"), rows=_options(context).per_page),)


def encode(record: Record, context: Context) -> Iterator[Row]:
    """Yield a picture, or a frame, with what is drawn over it."""
    asked = _options(context)
    look = overlay.style(context.classes)
    for scene in scenes(record, context):
        yield Row("pictures", _encode(_picture(record, scene, asked, look)))


def counted(record: Record, context: Context) -> Mapping[str, int]:
    """Return how many pictures a record gives."""
    return {"pictures": count(record, context.frames)[0]}


def number(section: str, element: bytes) -> int:
    """Return the number of the task that a picture is of."""
    found = _TASK.match(element)
    if found is None:
        raise ValueError(f"no row of {section!r}: {element[:40]!r}")
    return int(found[1])


def _options(context: Context) -> Options:
    return msgspec.convert(context.options, Options)


def _picture(record: Record, scene: Scene, asked: Options, look: overlay.Style) -> Picture:
    reach = size(record, scene.marks) or _known(record)
    shown = overlay.transparent(scene.marks, reach, look, asked.side) if scene.marks and reach else None
    is_still = scene.frame is None
    return Picture(
        record.number,
        record.name,
        scene.state,
        scene.frame,
        reach[1] if reach else None,
        reach[0] if reach else None,
        _media(record, asked.media) if is_still and record.asset.kind == "image" else None,
        b64encode(shown).decode() if shown else None,
        {str(class_): times for class_, times in sorted(Counter(mark.class_ for mark in scene.marks).items())},
    )


def _known(record: Record) -> tuple[int, int] | None:
    height, width = record.asset.height, record.asset.width
    return (height, width) if height and width else None


def _media(record: Record, folder: str) -> str | None:
    """Return where the picture itself is."""
    return f"{folder.rstrip('/')}/{record.path}" if folder else record.asset.uri


FORMAT = Format(
    "Preview, a gallery in HTML",
    CARRIES,
    encode,
    documents,
    once=once,
    options=Options,
    holds={"pictures": "task"},
    number=number,
    count=counted,
)
