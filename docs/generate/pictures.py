"""The pictures of the format pages: what comes back from a delivery in the format, drawn over the sample's pictures."""

import re
from base64 import b64decode
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

import msgspec
from docs.generate import street, volumes
from docs.generate.png import png
from PIL import Image

from labelport.app.sample import project as sample
from labelport.app.sample.scene import NUMBERS, ONTOLOGY
from labelport.kit import overlay
from labelport.kit.canvas import Canvas
from labelport.kit.format import Decode, Input, stem
from labelport.kit.scenes import Mark
from labelport.local import workspace
from labelport.model.geometry import Geometry, kind
from labelport.model.label import Annotation, ClassRef, Label
from labelport.model.record import Record
from labelport.registry import format_named, formats

SHOWN = ("aerial.png", "buoys.png", "dockers.png", "smoke.png")
LOOK = overlay.style(ONTOLOGY.classes)
CELL = (160, 240)
STROKE = 4
PALE = 0.45
Drawn = tuple[str, int, Geometry]
"""The path of a picture without its extension, the number of a class, and a shape on it."""


def pictures() -> Iterator[tuple[str, bytes]]:
    """Yield the PNG of every format that writes shapes, with its name."""
    with TemporaryDirectory() as place:
        folder = Path(place)
        sample.write_media(folder / "media")
        sample.write_tasks(folder / "tasks", "monday")
        space = workspace(folder / "workspace")
        space.import_files(sample.NAME, "ndjson", [str(folder / "tasks")], media=str(folder / "media"))
        for name in formats():
            form = format_named(name)
            if form.encode is None:
                continue
            job = space.project(sample.NAME).export(format=name, to=str(folder / name))
            job.wait_till_done()
            drawn = list(_drawn(form.decode, folder / name)) if form.decode else []
            shown = _overlaid(folder) if name == "preview" else _sheet(folder / "media", drawn)
            if shown:
                yield name, _written(shown)
    yield "nifti", _written(volumes.slices(), 3)
    yield "kitti_3d", street.picture()


def _drawn(decode: Decode, delivery: Path) -> Iterator[Drawn]:
    """Yield what a reader finds in a delivery."""
    paths = sorted(path for path in delivery.rglob("*") if path.is_file())
    inputs = [Input(path.relative_to(delivery).as_posix(), _opener(path)) for path in paths]
    for item in decode(inputs):
        if isinstance(item, Record):
            for label in item.labels:
                for class_, shape in _shapes(label):
                    yield stem(item.path or item.name), _number(class_), shape


def _shapes(label: Label) -> Iterator[tuple[ClassRef, Geometry]]:
    """Yield the shapes of a picture; formats of videos take it as one of a single frame."""
    for one in label.annotations:
        if one.geometry is not None and one.class_ is not None:
            yield one.class_, one.geometry
    classes = {track.id: track.class_ for track in label.tracks}
    for keyframe in label.keyframes:
        class_ = classes[keyframe.track]
        if keyframe.geometry is not None and class_ is not None and not keyframe.outside:
            yield class_, keyframe.geometry


def _opener(path: Path) -> Callable[[], BinaryIO]:
    return lambda: path.open("rb")


def _number(class_: int | str) -> int:
    return class_ if isinstance(class_, int) else NUMBERS[class_]


def _sheet(media: Path, drawn: list[Drawn]) -> list[Image.Image]:
    """Return four pictures, pale, with the shapes on them; none where nothing is drawn."""
    return [_over(media / path, [one for one in drawn if one[0] == stem(path)]) for path in SHOWN] if drawn else []


def _over(path: Path, drawn: list[Drawn]) -> Image.Image:
    pale = _pale(path)
    canvas = Canvas(pale.size, pale)
    marks = [_mark(class_, shape) for _, class_, shape in drawn]
    overlay.draw(canvas, marks, LOOK, STROKE)
    return canvas.picture()


def _mark(class_: int, shape: Geometry) -> Mark:
    one = Annotation("", class_=class_, geometry=shape)
    return Mark(class_, shape, kind(shape), one, one)


def _overlaid(folder: Path) -> list[Image.Image]:
    """Return four pictures with what a preview lays over them."""
    text = "".join(path.read_text(encoding="utf-8") for path in sorted((folder / "preview" / "pages").iterdir()))
    rows = {row["name"]: row for row in map(msgspec.json.decode, re.findall(r"^(\{.*\}),?$", text, re.MULTILINE))}
    found = []
    for path in SHOWN:
        shown = _pale(folder / "media" / path).convert("RGBA")
        with Image.open(BytesIO(b64decode(rows[path]["overlay"]))) as drawn:
            shown.alpha_composite(drawn.convert("RGBA").resize(shown.size))
        found.append(shown.convert("RGB"))
    return found


def _pale(path: Path) -> Image.Image:
    with Image.open(path) as picture:
        return Image.blend(picture.convert("RGB"), Image.new("RGB", picture.size, "#ffffff"), PALE)


def _written(shown: list[Image.Image], columns: int = 2) -> bytes:
    return png(overlay.contact_sheet(shown, CELL, columns), 128)
