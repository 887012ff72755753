"""What becomes of a record: a line in the file of all pictures, or a file of its own for a video."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import count

from labelport.formats.cvat_xml import drawing, labels, moving
from labelport.formats.cvat_xml.spelling import element, flag
from labelport.kit.format import Context, Document, File, Lost, Row, Section, stem
from labelport.model.export import Carries
from labelport.model.geometry import Geometry, Keypoints, Polyline
from labelport.model.label import Annotation, ClassRef, Label, Source, Track
from labelport.model.ontology import LabelClass
from labelport.model.record import Record, state_of
from labelport.shapes.frames import UNSEEN, State

CARRIES = Carries(
    kinds=frozenset(
        {
            *("box", "rotated_box", "polygon", "polyline", "point", "keypoints", "ellipse", "mask", "cuboid"),
            *("classification", "track"),
        }
    ),
    converts={"polygon_with_hole": "mask", "multi_polygon": "mask"},
    features=frozenset({"answers", "group", "occluded", "on", "outside", "source", "z_order"}),
)
PICTURES = Section("images", b"\n", terminated=True)
_WHOLE = re.compile("[1-9][0-9]{0,8}")
_WORDS: Mapping[Source, str] = {"person": "manual", "model": "auto", "import": "file"}


def documents(context: Context) -> tuple[Document, ...]:
    """Return the file of all pictures."""
    return (Document("annotations.xml", (labels.images(context.classes), PICTURES, labels.END)),)


def encode(record: Record, context: Context) -> Iterator[Row | File | Lost]:
    """Yield the picture's element, or the video's file."""
    writer = _Writer(record, context)
    if record.asset.kind == "video":
        body = "".join(f"{line}\n" for line in writer.tracks()).encode()
        yield File(f"videos/{stem(record.path)}.xml", labels.video(record, context.classes) + body + labels.END)
    else:
        yield Row("images", writer.image().encode())
    yield from writer.lost


def number(section: str, line: bytes) -> int:
    """Return the number of a picture's task."""
    del section
    return int(line.split(b'"', 2)[1])


def counted(record: Record, context: Context) -> Mapping[str, int]:
    """Return how many pictures a record gives."""
    del context
    return {"images": int(record.asset.kind != "video")}


class _Writer:
    """Writes what is marked in one record."""

    def __init__(self, record: Record, context: Context) -> None:
        self.lost: list[Lost] = []
        self._record = record
        self._wanted = context.frames
        self._classes: Mapping[ClassRef | None, LabelClass] = {
            ref: one for one in context.classes for ref in (one.number, one.name)
        }
        self._groups = _groups(record)

    def image(self) -> str:
        """Return a picture with its shapes."""
        asset = self._record.asset
        about = {"id": self._record.number, "name": self._record.path, "width": asset.width, "height": asset.height}
        told = {"state": "empty"} if state_of(self._record) == "empty" else {}
        marks = [(label, one) for label in self._record.labels for one in label.annotations]
        shapes = [self._shape(label, one) for label, one in marks if one.class_ is not None]
        self.lost += [Lost("classification", "dropped", "CVAT's tags need a class")] * (len(marks) - len(shapes))
        return element("image", {**about, **told}, shapes)

    def tracks(self) -> Iterator[str]:
        """Yield shapes that stand still, then tracks, each as a track."""
        for label in self._record.labels:
            for one in label.annotations:
                if one.geometry is None:
                    self.lost.append(Lost("classification", "dropped", "CVAT's file of a video has no tags"))
                else:
                    self._look(one.geometry, self._classes.get(one.class_))
                    yield self._track(label, *moving.still(one, self._record.asset))
            for track, states in moving.tracks(label, self._record.asset, self._wanted):
                if all(state.keyframe.geometry is None for state in states):
                    self.lost.append(Lost("track", "dropped", UNSEEN))
                    continue
                for state in states:
                    if not state.made:
                        self._look(state.keyframe.geometry, self._classes.get(track.class_), "keyframe of ")
                yield self._track(label, track, states)

    def _track(self, label: Label, track: Track, states: Sequence[State]) -> str:
        about = self._object(label, track)
        return moving.written(states, about, self._classes.get(track.class_), self._record.asset)

    def _shape(self, label: Label, one: Annotation) -> str:
        of = self._classes.get(one.class_)
        self._look(one.geometry, of)
        drawn = drawing.drawn(one.geometry, of)
        state = {} if drawn.tag == "tag" else {"occluded": flag(one.occluded), "z_order": one.z_order}
        own, of_joints = drawing.joints(drawn, one.answers)
        joints = (
            element("points", {"label": name, **drawing.joint(point)}, of_joints[name]) for name, point in drawn.joints
        )
        return element(drawn.tag, {**self._object(label, one), **state, **drawn.numbers}, (*joints, *own))

    def _object(self, label: Label, one: Annotation | Track) -> dict[str, object]:
        """Return the attributes that shapes, tags and tracks have alike."""
        of = self._classes.get(one.class_)
        return {
            "label": of.name if of else "",
            "source": _WORDS[one.source] if one.source else None,
            "group_id": self._groups.get((label.id, one.group)),
        }

    def _look(self, shape: Geometry | None, of: LabelClass | None, place: str = "") -> None:
        """Note what is not as it was."""
        if isinstance(shape, Polyline) and len(shape.lines) > 1:
            self.lost.append(Lost(f"{place}polyline", "converted", "one line through all its points"))
        has_joints = of is not None and of.skeleton is not None
        if isinstance(shape, Keypoints) and not has_joints and any(point.visibility < 2 for point in shape.points):
            self.lost.append(
                Lost(f"{place}keypoints", "converted", "points that are all visible: its class has no joints")
            )


def _groups(record: Record) -> Mapping[tuple[str, str | None], int]:
    """Return a number for each group of each label: its own name where that is one, or else the next that is free."""
    names = dict.fromkeys((label.id, name) for label in record.labels for name in _named(label))
    found: dict[tuple[str, str | None], int] = {}
    for name in names:
        own = int(name[1]) if _WHOLE.fullmatch(name[1]) else 0
        if own and own not in found.values():
            found[name] = own
    taken = set(found.values())
    free = (each for each in count(1) if each not in taken)
    return found | {name: next(free) for name in names if name not in found}


def _named(label: Label) -> Iterator[str]:
    objects: list[Annotation | Track] = [*label.annotations, *label.tracks]
    return (one.group for one in objects if one.group is not None)
