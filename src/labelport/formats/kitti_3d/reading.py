"""Rows as cuboids, each file of them a cloud of points, with the calibration that goes with it.

A row that is only marked in the picture, as `DontCare` is, has no cuboid: it is told as not read, as are the boxes in
the picture.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from labelport.errors import Fault, InvalidError, RequestError
from labelport.formats.kitti_3d import calibration, placing
from labelport.formats.kitti_3d.calibration import Kept
from labelport.kit import kitti
from labelport.kit.format import Counted, Input, Item, Reject, Unread, refused
from labelport.kit.kitti import Row
from labelport.kit.native import foreign
from labelport.model.asset import Asset
from labelport.model.label import Annotation, Label
from labelport.model.record import Record

LABEL = "kitti_3d"


def decode(inputs: Iterable[Input]) -> Iterator[Item]:
    """Yield the classes, then a record for each file of rows."""
    rows: list[Input] = []
    rigs: dict[str, Input] = {}
    others = 0
    for given in foreign(inputs):
        folder = given.path.rpartition("/")[0]
        if not given.path.endswith(".txt"):
            others += 1
            yield Unread(given.path, "$", 1)
        elif calibration.FOLDER in folder.split("/"):
            rigs[_beside(given.path)] = given
        else:
            rows.append(given)
    if others and not rows:
        raise RequestError("no file of KITTI's labels: expected .txt files of 15 columns")
    yield kitti.ontology(rows)
    for file in rows:
        try:
            rig = rigs.pop(_beside(file.path), None)
            kept = calibration.parse(rig.text()) if rig else None
            found = list(kitti.read(file))
        except InvalidError as e:
            yield refused(file, e)
        else:
            yield from _record(file, found, kept)
    yield from (Unread(rig.path, "$", 1) for rig in rigs.values())


def _beside(path: str) -> str:
    """Return what the paths of rows and of their calibration have in common."""
    return "/".join(part for part in path.split("/") if part not in (calibration.FOLDER, kitti.FOLDER))


def _has_place(row: Row) -> bool:
    return min(row.space.size) >= 0 and row.space.place != kitti.NOWHERE.place


def _record(file: Input, rows: list[Row | Fault], kept: Kept | None) -> Iterator[Item]:
    name = kitti.name(file.path)
    placed = [row for row in rows if isinstance(row, Row) and _has_place(row)]
    faults = tuple(row for row in rows if isinstance(row, Fault))
    flat = len(rows) - len(placed) - len(faults)
    rig = calibration.rig(kept)
    marks = tuple(
        Annotation(
            f"row-{row.line}",
            class_=row.word,
            geometry=placing.cuboid(row.space, rig),
            occluded=row.occluded,
            truncated=row.truncated,
        )
        for row in placed
    )
    extra = {calibration.KEY: kept} if kept else None
    asset = Asset(name, "point_cloud", uri=name, extra=extra)
    yield Record(name, name, asset, labels=(Label(LABEL, annotations=marks),))
    if faults:
        yield Reject(file.path, name, faults, len(faults), 0)
    boxes = sum(max(row.sides) > 0 for row in placed)
    unread = Counter({"boxes in the picture": boxes, "rows without a place in space": flat})
    unread["score"] = sum(row.has_score for row in placed)
    yield from (Unread(file.path, path, times) for path, times in sorted(unread.items()) if times)
    yield Counted(file.path, 1, len(rows) - flat)
