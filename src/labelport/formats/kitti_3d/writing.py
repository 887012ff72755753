"""The cuboids of a cloud as rows, and its calibration."""

from collections.abc import Iterator, Mapping

from labelport.formats.kitti_3d import calibration, placing
from labelport.formats.kitti_3d.calibration import Rig
from labelport.kit import kitti
from labelport.kit.count import annotations
from labelport.kit.format import FILES, Context, File, Lost, stem
from labelport.model.export import Carries
from labelport.model.geometry import Cuboid3D
from labelport.model.label import Annotation
from labelport.model.record import Record

CARRIES = Carries(kinds=frozenset({"cuboid3d"}), features=frozenset({"occluded", "truncated"}))
UNSEEN = (-1.0, -1.0, -1.0, -1.0)
"""The box of what is not known to be in a picture."""
LEANS = "upright, turned about that axis alone"
NO_BOX = "without a box in the picture, which nothing leads into"
BY_AXES = "by its axes: how the camera stands to the scanner is not known"
VOXELS = "it is counted in voxels"


def encode(record: Record, context: Context) -> Iterator[File | Lost]:
    """Yield the rows of a cloud that was looked at, and its calibration."""
    marks = list(_cuboids(record))
    if why := _reason(record):
        yield from (Lost("cuboid3d", "dropped", why) for _ in marks)
        return
    kept = calibration.of(record.asset)
    rig = calibration.rig(kept)
    words = kitti.words(context.classes)
    rows: list[str] = []
    for one, shape in marks:
        if shape.space == "voxel":
            yield Lost("cuboid3d", "dropped", VOXELS)
            continue
        found = placing.space(shape, rig)
        box = placing.sides(found, rig, (record.asset.height, record.asset.width))
        rows.append(kitti.written(one, words[one.class_], box or UNSEEN, found))
        if hows := "; ".join(_losses(shape, rig, kept, box)):
            yield Lost("cuboid3d", "converted", hows)
    if kitti.is_seen(record):
        yield File(kitti.path(record), "".join(rows).encode())
    if kept:
        yield File(f"{calibration.FOLDER}/{stem(record.path)}.txt", calibration.text(kept).encode())


def count(record: Record, context: Context) -> Mapping[str, int]:
    """Return how many files a record gives."""
    del context
    if _reason(record):
        return {FILES: 0}
    return {FILES: kitti.is_seen(record) + bool(calibration.of(record.asset))}


def found(record: Record, context: Context) -> tuple[int, int]:
    """Return how many clouds a reader finds, and how many cuboids but for those that have no place."""
    del context
    return int(not _reason(record) and kitti.is_seen(record)), annotations(record)


def _reason(record: Record) -> str:
    """Return why nothing of a record has a place before a camera; nothing where it has."""
    match record.asset.kind:
        case "video" | "volume":
            return f"the task is a {record.asset.kind}"
        case _:
            return ""


def _cuboids(record: Record) -> Iterator[tuple[Annotation, Cuboid3D]]:
    for label in record.labels:
        for one in label.annotations:
            if isinstance(one.geometry, Cuboid3D):
                yield one, one.geometry


def _losses(shape: Cuboid3D, rig: Rig, kept: calibration.Kept | None, box: kitti.Four | None) -> Iterator[str]:
    """Yield what is not as it was."""
    if placing.leans(shape, rig):
        yield LEANS
    if not (kept or {}).get("Tr_velo_to_cam"):
        yield BY_AXES
    if box is None:
        yield NO_BOX
