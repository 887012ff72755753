"""The pictures of the format pages: what comes back from a delivery in the format, drawn over the sample's pictures."""

import csv
from collections.abc import Callable, Iterator
from io import BytesIO, StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

import msgspec
from PIL import Image

from labelport.app.sample import project as sample
from labelport.app.sample.canvas import Canvas
from labelport.app.sample.scene import DOCKER, NUMBERS, ONTOLOGY
from labelport.kit.format import Input
from labelport.local import workspace
from labelport.model.geometry import Geometry
from labelport.model.record import Record
from labelport.registry import format_named, formats

SHOWN = ("aerial.png", "buoys.png", "dockers.png", "smoke.png")
COLOURS = {one.number: one.colour or "#000000" for one in ONTOLOGY.classes}
SIDE = (240, 160)
PALE = 0.45
_geometry: msgspec.json.Decoder[Geometry] = msgspec.json.Decoder(Geometry)
Drawn = tuple[str, int, Geometry]
"""The path of a picture, the number of a class, and a shape on it."""


def pictures() -> Iterator[tuple[str, bytes]]:
    """Yield the PNG of every format that writes shapes, with its name."""
    with TemporaryDirectory() as place:
        folder = Path(place)
        sample.write_media(folder / "media")
        sample.write_tasks(folder / "tasks", "monday")
        space = workspace(folder / "workspace")
        space.import_files(sample.NAME, "ndjson", [str(folder / "tasks")], media=str(folder / "media"))
        for name in formats():
            if format_named(name).encode is None:
                continue
            job = space.project(sample.NAME).export(format=name, to=str(folder / name))
            job.wait_till_done()
            drawn = list(_drawn(name, folder / name))
            if drawn:
                yield name, _sheet(folder / "media", drawn)


def _drawn(name: str, delivery: Path) -> Iterator[Drawn]:
    """Yield what a reader finds in a delivery."""
    decode = format_named(name).decode
    if decode is None:
        yield from _rows(delivery)
        return
    paths = sorted(path for path in delivery.rglob("*") if path.is_file())
    inputs = [Input(path.relative_to(delivery).as_posix(), _opener(path)) for path in paths]
    for item in decode(inputs):
        if isinstance(item, Record):
            for label in item.labels:
                for one in label.annotations:
                    if one.geometry is not None and one.class_ is not None:
                        yield item.path or item.name, _number(one.class_), one.geometry


def _opener(path: Path) -> Callable[[], BinaryIO]:
    return lambda: path.open("rb")


def _rows(delivery: Path) -> Iterator[Drawn]:
    """Yield the shapes of a CSV."""
    text = (delivery / "annotations.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(StringIO(text, newline="")):
        if row["geometry"] and row["class_number"]:
            yield row["path"], int(row["class_number"]), _geometry.decode(row["geometry"])


def _number(class_: int | str) -> int:
    return class_ if isinstance(class_, int) else NUMBERS[class_]


def _sheet(media: Path, drawn: list[Drawn]) -> bytes:
    """Return four pictures, pale, with the shapes on them."""
    sheet = Image.new("RGB", (SIDE[0] * 2 + 4, SIDE[1] * 2 + 4), "#ffffff")
    for i, path in enumerate(SHOWN):
        with Image.open(media / path) as picture:
            pale = Image.blend(picture.convert("RGB"), Image.new("RGB", picture.size, "#ffffff"), PALE)
        canvas = Canvas(pale.size, pale)
        for _, class_, shape in (one for one in drawn if one[0] == path):
            canvas.fill(shape, COLOURS[class_], 0.35)
            canvas.stroke(shape, COLOURS[class_], 4, DOCKER.edges)
        small = canvas.picture().resize(SIDE, Image.Resampling.LANCZOS)
        sheet.paste(small, (i % 2 * (SIDE[0] + 4), i // 2 * (SIDE[1] + 4)))
    written = BytesIO()
    sheet.quantize(128).save(written, "PNG", optimize=True)
    return written.getvalue()
