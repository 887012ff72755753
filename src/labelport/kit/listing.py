"""The list of all pictures of a delivery: `images.csv` beside files that are one for each picture.

It tells what such files cannot: the size of a picture that is not delivered, a picture that nobody labelled, the video
that a frame is of; and the number of the task, by which deltas are folded. `file` is where the labels are, or would be.
"""

from collections.abc import Generator, Iterable
from typing import Any

import msgspec

from labelport.errors import Fault, InvalidError
from labelport.kit.format import Context, Document, Input, Reject, Row, Section
from labelport.kit.scenes import Scene
from labelport.kit.table import original, quoted, row, rows, text
from labelport.model.asset import Asset
from labelport.model.export import State
from labelport.model.record import Record

PATH = "images.csv"
SECTION = "images"
_COLUMNS = ("number", "image", "file", "width", "height", "state", "source", "frame")
DOCUMENT = Document(PATH, (row(*_COLUMNS).encode() + b"\r\n", Section(SECTION, b"\r\n", terminated=True, quoted=True)))


class Listed(msgspec.Struct, frozen=True):
    """A line of the list; `source` and `frame` are those of a frame of a video."""

    number: int
    image: str
    file: str
    width: int | None
    height: int | None
    state: State
    source: str | None
    frame: int | None

    @property
    def asset(self) -> Asset:
        """The picture."""
        return Asset(self.image, "image", uri=self.image, width=self.width, height=self.height)

    @property
    def metadata(self) -> dict[str, Any] | None:
        """What is kept of the video that it is a frame of."""
        return {"source": self.source, "frame": self.frame} if self.source else None


def listed(record: Record, scene: Scene, file: str) -> Row:
    """Return the line of a picture or a frame."""
    asset = record.asset
    of = "," if scene.frame is None else f"{quoted(text(record.path))},{scene.frame}"
    return line(record.number, scene.path, file, (asset.width, asset.height), scene.state, of)


def line(number: int, image: str, file: str, size: tuple[int | None, int | None], state: State, of: str = ",") -> Row:
    """Return the line of a picture of some width and height; `of` are the cells of the video and the frame it is."""
    width, height = size
    sides = f"{'' if width is None else width},{'' if height is None else height}"
    return Row(SECTION, f"{number},{quoted(text(image))},{quoted(text(file))},{sides},{state},{of}".encode())


def documents(context: Context) -> tuple[Document, ...]:
    """Return the list, as the only document of a format."""
    del context
    return (DOCUMENT,)


def read(inputs: Iterable[Input]) -> Generator[Reject, None, list[Listed]]:
    """Return the lines of every list among the inputs; yield why one cannot be read."""
    found: list[Listed] = []
    for given in inputs:
        if given.path.rpartition("/")[2] == PATH:
            found += yield from _lines(given)
    return found


def _lines(given: Input) -> Generator[Reject, None, list[Listed]]:
    found: list[Listed] = []
    try:
        lines = rows(given)
    except InvalidError as e:
        yield Reject(given.path, PATH, e.faults, records=0)
        return found
    folder = given.path[: -len(PATH)]
    for place, cells in enumerate(lines, 2):
        told = {key: original(cell) for key, cell in cells.items() if cell and isinstance(key, str)}
        try:
            one = msgspec.convert({**dict.fromkeys(_COLUMNS), "file": "", **told}, Listed, strict=False)
        except msgspec.ValidationError as e:
            yield Reject(given.path, f"line {place}", (Fault(f"line {place}", str(e)),), records=0)
        else:
            found.append(msgspec.structs.replace(one, file=folder + one.file) if one.file else one)
    return found
