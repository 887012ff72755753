"""Shapes, tags and tracks of the annotations as annotations and tracks of ours."""

from collections.abc import Mapping
from typing import NamedTuple

from labelport.formats.cvat_api.files import File
from labelport.formats.cvat_api.labels import Label
from labelport.kit.cvat import shapes
from labelport.kit.cvat.answers import answer
from labelport.kit.cvat.drawn import Common, Drawn, annotation, common, skeleton
from labelport.kit.cvat.labels import Known
from labelport.kit.cvat.shapes import Size
from labelport.kit.cvat.tracks import Moving, track
from labelport.kit.cvat.values import Values, identity, shown
from labelport.model.answers import Answer
from labelport.model.geometry import Geometry
from labelport.model.label import Annotation, Keyframe, Track

_OBJECT = frozenset({"id", "label_id", "frame", "group", "source", "attributes"})
_STATE = frozenset({"type", "points", "rotation", "occluded", "z_order"})
_SHAPE = _OBJECT | _STATE | {"elements"}
_TRACK = _OBJECT | {"shapes", "elements"}
_KEYFRAME = _STATE | {"frame", "outside", "attributes"}
_JOINT = frozenset({"label_id", "type", "points", "occluded", "outside", "attributes"})
_JOINT_TRACK = frozenset({"label_id", "attributes", "shapes"})
_JOINT_KEYFRAME = frozenset({"type", "points", "occluded", "outside", "attributes", "frame"})
_TURNED = ("rectangle", "ellipse")
"""The kinds that turn; for others CVAT keeps a rotation that says nothing."""
NOWHERE = Label(Known(), {}, {})


class Reader(NamedTuple):
    """Reads the objects of a task: all labels by id, and whether its pictures are point clouds."""

    file: File
    labels: Mapping[str, Label]
    is_cloud: bool = False

    def label(self, values: Values) -> Label:
        """Return the label that an object names."""
        number = identity(values.given.get("label_id"))
        found = self.labels.get(number or "")
        if found is None:
            values.wrong("label_id", "is missing" if number is None else f"no label {number}")
        return found or NOWHERE

    def common(self, name: str, values: Values, of: Label) -> Common:
        """Return what shapes, tags and tracks have alike."""
        group = values.whole("group") if values.has("group") else 0
        return common(name, of.known.number, group, values.text_or_none("source"))

    def still(self, values: Values, name: str, frame: int | None) -> Annotation:
        """Return a shape as an annotation; in a video it is on a frame."""
        self.file.note(values, _SHAPE)
        of = self.label(values)
        drawn = self._drawn(values, of)
        if values.given.get("type") == "skeleton":
            for element in values.children("elements"):
                self._element(element, of, drawn)
            skeleton(drawn, of.known.joints, values.faults)
        return annotation(drawn, self.common(name, values, of), frame)

    def tag(self, values: Values, name: str, frame: int | None) -> Annotation:
        """Return a tag as an annotation without a shape."""
        self.file.note(values, _OBJECT)
        of = self.label(values)
        drawn = Drawn(values.path, answers=self.answers(values, of))
        return annotation(drawn, self.common(name, values, of), frame)

    def track(self, values: Values, name: str) -> tuple[Track, tuple[Keyframe, ...]]:
        """Return a track and its key frames."""
        self.file.note(values, _TRACK)
        of = self.label(values)
        moving = Moving(values.path, answers=self.answers(values, of))
        for shape in values.children("shapes"):
            self.file.note(shape, _KEYFRAME)
            moving.own.append(self._drawn(shape, of))
        for element in values.children("elements"):
            self._joint_track(element, of, moving)
        return track(moving, self.common(name, values, of), tuple(of.known.joints), of.known.mutable(), values.faults)

    def answers(self, values: Values, of: Label, joint: str | None = None) -> dict[str, Answer]:
        """Return attributes as answers by key; those of a joint begin with its name."""
        specs = of.known.specs if joint is None else of.known.joints.get(joint, {})
        found: dict[str, Answer] = {}
        for one in values.children("attributes"):
            self.file.note(one, ("spec_id", "value"))
            number = identity(one.given.get("spec_id"))
            name = of.attributes.get(number or "")
            if name is None or name not in specs:
                one.wrong("spec_id", "is missing" if number is None else f"the label has no attribute {number}")
                continue
            key = name if joint is None else f"{joint}/{name}"
            if key in found:
                one.wrong("spec_id", f"{name!r} is answered twice")
            made = answer(key, specs[name], one.given.get("value"), f"{one.path}.value", values.faults)
            if made:
                found[key] = made
        return found

    def _drawn(self, values: Values, of: Label) -> Drawn:
        """Return a shape or a key frame of one, without joints."""
        return Drawn(
            values.path,
            self._geometry(values),
            values.whole("frame"),
            outside=values.flag("outside"),
            occluded=values.flag_or_none("occluded"),
            z_order=values.whole("z_order", low=-(1 << 31), high=1 << 31) if values.has("z_order") else 0,
            answers=self.answers(values, of),
        )

    def _geometry(self, values: Values) -> Geometry | None:
        before = len(values.faults)
        kind, numbers = values.text("type"), values.numbers("points")
        angle = values.number("rotation") if values.has("rotation") else 0.0
        if angle and kind not in _TURNED:
            self.file.note(Values({"rotation": angle}, values.path, []), ())
        if kind == "skeleton" or len(values.faults) > before:
            return None
        try:
            if kind == "cuboid" and self.is_cloud:
                return shapes.cuboid3d(numbers)
            return shapes.geometry(kind, numbers, angle, Size())
        except ValueError as e:
            values.wrong("points", str(e))
            return None

    def _element(self, values: Values, of: Label, into: Drawn) -> None:
        """Put a joint into its skeleton."""
        self.file.note(values, _JOINT)
        name = self._joint_name(values, of)
        if name in into.joints:
            values.wrong("label_id", f"{shown(name)} is there already")
        elif name:
            into.joints[name] = self._joint(values, of, name)

    def _joint_track(self, values: Values, of: Label, into: Moving) -> None:
        self.file.note(values, _JOINT_TRACK)
        name = self._joint_name(values, of)
        if name is None:
            return
        into.answers |= self.answers(values, of, name)
        for shape in values.children("shapes"):
            self.file.note(shape, _JOINT_KEYFRAME)
            drawn = self._joint(shape, of, name)
            drawn.frame = shape.whole("frame")
            into.joints.setdefault(name, []).append(drawn)

    def _joint(self, values: Values, of: Label, name: str) -> Drawn:
        before = len(values.faults)
        kind, numbers = values.text("type"), values.numbers("points")
        if len(values.faults) == before and (kind != "points" or len(numbers) != 2):
            values.wrong("points", f"{len(numbers)} numbers of a {shown(kind)} are not one point")
        made = None if len(values.faults) > before else shapes.points(numbers)
        return Drawn(
            values.path,
            made,
            outside=values.flag("outside"),
            occluded=values.flag_or_none("occluded"),
            answers=self.answers(values, of, name),
        )

    def _joint_name(self, values: Values, of: Label) -> str | None:
        number = identity(values.given.get("label_id"))
        name = of.joints.get(number or "")
        if name is None:
            values.wrong("label_id", "is missing" if number is None else f"no sublabel {number} of the skeleton")
        return name
