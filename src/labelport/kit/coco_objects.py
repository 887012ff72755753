"""Elements of COCO's `annotations` as annotations: outlines, joints, captions, with everything that is wrong."""

from collections import Counter
from collections.abc import Sequence

import msgspec

from labelport.errors import Fault
from labelport.kit import coco_attributes
from labelport.kit.coco_document import AnnotationRow, Rle
from labelport.model.answers import Text
from labelport.model.geometry import Box, Geometry, Keypoint, Keypoints, Mask, Polygon
from labelport.model.label import Annotation
from labelport.model.ontology import LabelClass
from labelport.shapes import rings, rle

JOINTS = ":keypoints"
"""What the joints of an object that has an outline too add to its id."""
Size = tuple[int | None, int | None]
"""Height and width of the picture, where they are known."""


def annotations(
    row: AnnotationRow, of: LabelClass | None, size: Size, unread: Counter[str], faults: list[Fault]
) -> list[Annotation]:
    """Return what an element marks: nearly always one annotation; two of one group for an outline with joints.

    What is wrong goes to `faults`, with paths below the element. Runs of masks are checked elsewhere, many at once.
    """
    if row.id is None:
        faults.append(Fault(".id", "is missing"))
    if row.caption is not None:
        return [Annotation(f"caption:{row.id}", answers=(Text(row.key, row.caption),))]
    outline = _outline(row, size, faults)
    joints = _joints(row, of, faults)
    if joints and not row.segmentation and outline in (None, rings.envelope(joints)):
        outline, joints = joints, None
    if row.num_keypoints is not None:
        unread["$.annotations[].num_keypoints"] += 1
    name = str(row.id)
    group = row.group if row.group is not None or joints is None else name
    main = Annotation(
        name,
        class_=of.number if of else None,
        geometry=outline,
        answers=coco_attributes.answers(row.attributes, of.attributes if of else (), faults) if row.attributes else (),
        group=group,
        occluded=row.occluded,
        truncated=row.truncated,
        crowd=bool(row.iscrowd),
        z_order=row.z_order,
        confidence=row.score,
    )
    if joints is None:
        return [main]
    return [main, Annotation(name + JOINTS, class_=main.class_, geometry=joints, group=group)]


def expected(row: AnnotationRow) -> int:
    """Return how many annotations an element should give, rejected ones included."""
    if row.segments_info is not None:
        return len(row.segments_info)
    return 1 + (bool(row.segmentation or row.bbox) and any((row.keypoints or ())[2::3]) and not _only_joints(row))


def mask_of(row: AnnotationRow) -> tuple[str, int, int] | None:
    """Return counts, height and width where the outline is a counts string."""
    match row.segmentation:
        case Rle((height, width), str(counts)):
            return counts, height, width
        case _:
            return None


def box(values: Sequence[float], at: str, faults: list[Fault]) -> Box | None:
    """Return a box from x, y, width, height."""
    if len(values) != 4 or values[2] < 0 or values[3] < 0:
        faults.append(Fault(at, "is no box: x, y and a width and a height that are not negative"))
        return None
    return Box(*values)


def _only_joints(row: AnnotationRow) -> bool:
    """Whether the box is no more than the bounds of the joints, so that it tells nothing of its own."""
    flat = row.keypoints or ()
    if row.segmentation or not row.bbox or len(row.bbox) != 4 or len(flat) % 3:
        return False
    points = tuple(Keypoint(x, y, int(v)) for x, y, v in zip(flat[0::3], flat[1::3], flat[2::3], strict=True))
    return rings.envelope(Keypoints(points)) == Box(*row.bbox)


def _outline(row: AnnotationRow, size: Size, faults: list[Fault]) -> Geometry | None:
    given = row.segmentation
    if not given:
        return box(row.bbox, ".bbox", faults) if row.bbox is not None else None
    if isinstance(given, Rle):
        return _mask(given, size, faults)
    for place, ring in enumerate(given):
        if len(ring) < 6 or len(ring) % 2:
            faults.append(
                Fault(f".segmentation[{place}]", f"is no polygon: {len(ring)} numbers are not 3 points or more")
            )
    return Polygon(tuple((ring,) for ring in given))


def _mask(given: Rle, size: Size, faults: list[Fault]) -> Mask:
    height, width = given.size
    if size[0] not in (None, height) or size[1] not in (None, width):
        faults.append(Fault(".segmentation.size", f"is {height} x {width} in a picture of {size[0]} x {size[1]}"))
    if isinstance(given.counts, str):
        return Mask(height, width, given.counts)
    runs = rle.of(given.counts)
    if reason := rle.fault_of_runs(runs, height, width):
        faults.append(Fault(".segmentation.counts", reason))
    return Mask(height, width, rle.write(runs))


def _joints(row: AnnotationRow, of: LabelClass | None, faults: list[Fault]) -> Keypoints | None:
    flat = row.keypoints
    if flat is None or not any(flat[2::3]):
        return None
    if len(flat) % 3 or not set(flat[2::3]) <= {0, 1, 2}:
        faults.append(Fault(".keypoints", "is no list of x, y and a visibility of 0, 1 or 2"))
        return None
    if of and of.skeleton and len(flat) != 3 * len(of.skeleton.joints):
        faults.append(
            Fault(".keypoints", f"holds {len(flat) // 3} joints, category {of.name!r} has {len(of.skeleton.joints)}")
        )
    return Keypoints(tuple(Keypoint(x, y, int(v)) for x, y, v in zip(flat[0::3], flat[1::3], flat[2::3], strict=True)))


def placed(faults: Sequence[Fault], at: str) -> tuple[Fault, ...]:
    """Return faults below an element with their whole path."""
    return tuple(msgspec.structs.replace(fault, path=at + fault.path) for fault in faults)
