"""Videos as MOTChallenge lays them out: a folder each, with rows in `gt/gt.txt`, and what is said beside them.

`seqinfo.ini` says what the video is. `gt/labels.txt` (ours, as Datumaro's and CVAT's) names the classes line by line,
the first of class 1, with a filler for a number that no class has.
"""

from collections.abc import Iterable, Iterator, Mapping
from math import isfinite
from typing import NamedTuple

from labelport.errors import Fault, InvalidError
from labelport.kit.format import File, Input, Reject, refused, stem
from labelport.model.asset import Asset
from labelport.model.ontology import LabelClass, Ontology
from labelport.model.record import Record
from labelport.shapes.presence import length_of

ROWS = "gt.txt"
LABELS = "labels.txt"
ABOUT = "seqinfo.ini"
_SPACES = str.maketrans("\n\r", "  ")


class Sequence(NamedTuple):
    """A video's folder as it is read: the file of rows and its lines, what the video is, its classes by number."""

    file: Input
    lines: list[str]
    asset: Asset
    names: Mapping[int, str]

    @property
    def id(self) -> str:
        """What it is called."""
        return self.asset.id


def read(files: Mapping[str, Input], default: Iterable[str]) -> Iterator[Sequence | Reject]:
    """Yield each video; `default` are the classes where no names stand beside the rows."""
    for path, file in files.items():
        if path.rpartition("/")[2] == ROWS:
            try:
                labels, about = files.get(beside(path, LABELS)), beside(path, ABOUT)
                named = names_of(labels.text().splitlines() if labels else default)
                said = files[about].text() if about in files else ""
                yield Sequence(file, file.text().splitlines(), asset(said, about.rpartition("/")[0]), named)
            except InvalidError as e:
                yield refused(file, e)


def beside(rows: str, name: str) -> str:
    """Return the path of a file that goes with a file of rows."""
    folder = rows.removesuffix(ROWS)
    return folder + name if name == LABELS else folder.removesuffix("gt/") + name


def ontology(named: Iterable[Mapping[int, str]]) -> Ontology:
    """Return the classes of all videos, each once."""
    names = dict.fromkeys(name for those in named for name in those.values())
    return Ontology(tuple(LabelClass(number, name) for number, name in enumerate(names, 1)))


def asset(said: str, folder: str) -> Asset:
    """Return what `seqinfo.ini` says; a video is called by its folder, or else by that."""
    pairs = (line.split("=", 1) for line in said.splitlines() if "=" in line)
    found = {key.strip().lower(): value.strip() for key, value in pairs}
    name = folder or found.get("name") or "video"
    width, height, length = (whole(found.get(key, "")) for key in ("imwidth", "imheight", "seqlength"))
    fps = number(found.get("framerate", ""))
    return Asset(name, "video", uri=name, width=width, height=height, frames=length, fps=fps)


def names_of(lines: Iterable[str]) -> dict[int, str]:
    """Return the names of classes by their numbers."""
    return {number: name for number, name in enumerate(lines, 1) if name and name != _filler(number)}


def lines_of(names: Mapping[int, str]) -> bytes:
    """Return the names of classes line by line."""
    lines = (names.get(number, _filler(number)).translate(_SPACES) for number in range(1, max(names, default=0) + 1))
    return "".join(f"{line}\n" for line in lines).encode()


def about(record: Record) -> File:
    """Return what the video is."""
    asset = record.asset
    said = {
        "name": stem(record.path),
        "imDir": "img1",
        "frameRate": int(asset.fps) if asset.fps is not None and asset.fps.is_integer() else asset.fps,
        "seqLength": length_of(record),
        "imWidth": asset.width,
        "imHeight": asset.height,
        "imExt": ".jpg",
    }
    lines = "".join(f"{key}={value}\n" for key, value in said.items() if value is not None)
    return File(f"{stem(record.path)}/{ABOUT}", f"[Sequence]\n{lines}".encode())


def number(cell: str) -> float | None:
    """Return a number; None where it is none that can be reckoned with."""
    try:
        found = float(cell)
    except ValueError:
        return None
    return found if isfinite(found) and abs(found) < 1e15 else None


def whole(cell: str) -> int | None:
    """Return a whole number, however it is written; None where it is none."""
    found = number(cell)
    return int(found) if found is not None and found.is_integer() else None


def shown(line: str) -> str:
    """Return a line as a fault quotes it."""
    return repr(line[:60])


def fault(line: int, reason: str) -> Fault:
    """Return what is wrong with a line."""
    return Fault(str(line), reason)


def _filler(number: int) -> str:
    return f"(no class {number})"
