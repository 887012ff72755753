"""KITTI, objects in pictures: the rows of `kit.kitti` with a box each.

The columns of space (alpha, sizes, place, turn) hold its figures for what is not known: -10, -1, -1000, -10. Objects in
space are `kitti_3d`.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from labelport.errors import Fault, InvalidError, RequestError
from labelport.kit import kitti
from labelport.kit.count import annotations
from labelport.kit.format import FILES, Context, Counted, File, Format, Input, Item, Lost, Reject, Unread, refused
from labelport.kit.kitti import NOWHERE, Row
from labelport.kit.native import foreign
from labelport.model.asset import Asset
from labelport.model.export import Carries
from labelport.model.geometry import Box, kind
from labelport.model.label import Annotation, Label
from labelport.model.record import Record
from labelport.shapes.convert import CONVERSIONS

CARRIES = Carries(
    kinds=frozenset({"box"}),
    converts=dict.fromkeys(CONVERSIONS["box"], "box"),
    features=frozenset({"occluded", "truncated"}),
)


def encode(record: Record, context: Context) -> Iterator[File | Lost]:
    """Yield the rows of a picture that was looked at."""
    marks = [one for label in record.labels for one in label.annotations]
    if record.asset.kind == "video":
        yield from (Lost(kind(one.geometry), "dropped", "the task is a video") for one in marks)
    elif kitti.is_seen(record):
        words = kitti.words(context.classes)
        rows = (_row(one, one.geometry, words[one.class_]) for one in marks if isinstance(one.geometry, Box))
        yield File(kitti.path(record), "".join(rows).encode())


def count(record: Record, context: Context) -> Mapping[str, int]:
    """Return how many files a record gives."""
    del context
    return {FILES: int(record.asset.kind != "video" and kitti.is_seen(record))}


def found(record: Record, context: Context) -> tuple[int, int]:
    """Return how many pictures a reader finds, and how many boxes."""
    return count(record, context)[FILES], annotations(record)


def decode(inputs: Iterable[Input]) -> Iterator[Item]:
    """Yield the classes, then a record for each file of rows."""
    files: list[Input] = []
    others = 0
    for given in foreign(inputs):
        if given.path.endswith(".txt"):
            files.append(given)
        else:
            others += 1
            yield Unread(given.path, "$", 1)
    if others and not files:
        raise RequestError("no file of KITTI's labels: expected .txt files of 15 columns")
    yield kitti.ontology(files)
    for file in files:
        try:
            rows = list(kitti.read(file))
        except InvalidError as e:
            yield refused(file, e)
        else:
            yield from _record(file, rows)


def _row(one: Annotation, box: Box, word: str) -> str:
    return kitti.written(one, word, (box.x, box.y, box.x + box.width, box.y + box.height), NOWHERE)


def _record(file: Input, rows: list[Row | Fault]) -> Iterator[Item]:
    name = kitti.name(file.path)
    sound = [row for row in rows if isinstance(row, Row)]
    faults = tuple(row for row in rows if isinstance(row, Fault))
    marks = tuple(map(_annotation, sound))
    yield Record(name, name, Asset(name, "image", uri=name), labels=(Label("kitti", annotations=marks),))
    if faults:
        yield Reject(file.path, name, faults, len(faults), 0)
    unread = Counter(
        {"space": sum(row.space != NOWHERE for row in sound), "score": sum(row.has_score for row in sound)}
    )
    yield from (Unread(file.path, path, times) for path, times in sorted(unread.items()) if times)
    yield Counted(file.path, 1, len(rows))


def _annotation(row: Row) -> Annotation:
    """Return a row as a box; partly and largely hidden are both hidden, and any share cut off is cut off."""
    left, top, right, bottom = row.sides
    box = Box(left, top, right - left, bottom - top)
    return Annotation(f"row-{row.line}", class_=row.word, geometry=box, occluded=row.occluded, truncated=row.truncated)


FORMAT = Format("KITTI", CARRIES, encode, decode=decode, holds={FILES: "task"}, count=count, found=found)
