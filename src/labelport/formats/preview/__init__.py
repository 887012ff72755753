"""Preview: a gallery in HTML that opens without a server, and contact sheets: pictures with their objects over them.

`index.html` loads one page of pictures at a time, so that neither the exporter nor the browser holds a large project.
"""

from base64 import b64encode
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from typing import Annotated, Literal

import msgspec
from PIL import Image

from labelport.errors import NotFoundError
from labelport.formats.preview import pages
from labelport.formats.preview.gallery import html
from labelport.formats.preview.pages import Picture
from labelport.formats.preview.sheets import sheet
from labelport.kit import overlay
from labelport.kit.format import Context, Document, File, Format, Made, Row
from labelport.kit.scenes import Scene, count, scenes, sides, size
from labelport.kit.stills import Stills
from labelport.kit.task_numbers import number
from labelport.model.export import Carries
from labelport.model.record import Record
from labelport.shapes.frames import source_frame

INDEX = "index.html"
FLAT = ("box", "rotated_box", "ellipse", "polygon", "multi_polygon", "polygon_with_hole", "mask")
LINES = ("polyline", "point", "keypoints", "cuboid")
CARRIES = Carries(
    kinds=frozenset({*FLAT, *LINES}),
    converts={"track": "frames"},
    features=frozenset({"on", "outside", "z_order"}),
)
QUALITY = 85


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`per_page`: pictures on a page. `side`: pixels of the longer side of what is drawn over a picture.

    `pictures`: whether they are `linked` or `embedded` in the pages. `media`: the folder (seen from `index.html`) or
    the address that linked ones lie under, by their paths in the delivery; without it, where the project has them.
    `sheets`: a contact sheet (`png`) for each page, or `none`; it embeds the pictures too.
    """

    per_page: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 60
    side: Annotated[int, msgspec.Meta(ge=16, le=4096)] = 640
    pictures: Literal["linked", "embedded"] = "linked"
    media: str = ""
    sheets: Literal["none", "png"] = "none"


def once(context: Context) -> tuple[File, ...]:
    """Return the gallery."""
    return (File(INDEX, html(context.classes, overlay.style(context.classes).colours)),)


def documents(context: Context) -> tuple[Document, ...]:
    """Return the pages: scripts, since a browser reads nothing else beside a file without a server."""
    parts = pages.HEAD, pages.SECTION, pages.TAIL
    return (Document(pages.PATH, parts, rows=_options(context).per_page),)


def last(made: Sequence[Made], context: Context) -> Iterator[File]:
    """Yield the contact sheet of each page, where they are asked for."""
    for page in made if _options(context).sheets == "png" else ():
        with page.open() as file:
            yield from sheet(page.path, file.read(), context.classes)


def encode(record: Record, context: Context) -> Iterator[Row]:
    """Yield a picture, or a frame, with what is drawn over it."""
    asked = _options(context)
    look = overlay.style(context.classes)
    with Stills(context.medium) as stills:
        for scene in scenes(record, context):
            yield Row("pictures", pages.encode(_picture(record, scene, asked, look, stills)))


def counted(record: Record, context: Context) -> Mapping[str, int]:
    """Return how many pictures a record gives."""
    return {"pictures": count(record, context.frames)[0]}


def _options(context: Context) -> Options:
    return msgspec.convert(context.options, Options)


def _picture(record: Record, scene: Scene, asked: Options, look: overlay.Style, stills: Stills) -> Picture:
    reach = size(record, scene.marks) or sides(record)
    shown = overlay.transparent(scene.marks, reach, look, asked.side) if scene.marks and reach else None
    media, note = _media(record, scene.frame, asked, stills)
    return Picture(
        record.number,
        record.name,
        scene.state,
        scene.frame,
        reach[1] if reach else None,
        reach[0] if reach else None,
        media,
        b64encode(shown).decode() if shown else None,
        {str(class_): times for class_, times in sorted(Counter(mark.class_ for mark in scene.marks).items())},
        note,
    )


def _media(record: Record, frame: int | None, asked: Options, stills: Stills) -> tuple[str | None, str | None]:
    """Return where a picture is, or itself, as frames are always; and why there is none."""
    asset = record.asset
    if asset.kind not in ("image", "video"):
        return None, f"its asset is no picture: {asset.kind}"
    if asset.kind == "image" and asked.pictures == "linked" and asked.sheets == "none":
        return f"{asked.media.rstrip('/')}/{record.path}" if asked.media else asset.uri, None
    try:
        still = stills.at(source_frame(asset, frame or 0) if asset.kind == "video" else None)
    except NotFoundError as e:
        return None, str(e)
    return _embedded(still, asked.side), None


def _embedded(still: Image.Image, side: int) -> str:
    """Return a picture, made smaller where need be, as an address that holds it (RFC 2397)."""
    still.thumbnail((side, side))
    out = BytesIO()
    still.save(out, "JPEG", quality=QUALITY)
    return f"data:image/jpeg;base64,{b64encode(out.getvalue()).decode()}"


FORMAT = Format(
    "Preview, a gallery in HTML",
    CARRIES,
    encode,
    documents,
    once=once,
    last=last,
    options=Options,
    holds={"pictures": "task"},
    number=number,
    count=counted,
    version=2,
    looks=True,
)
