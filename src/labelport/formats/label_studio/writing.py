"""A record as a task, with a result for each shape and for each answer."""

from datetime import datetime

import msgspec

from labelport.formats.label_studio import following, placing
from labelport.formats.label_studio.placing import Spelled, Value
from labelport.formats.label_studio.saying import said
from labelport.formats.label_studio.shapes import Size
from labelport.kit.format import Context, Lost
from labelport.model.answers import Answer
from labelport.model.geometry import Geometry, Interval, Mask, Polyline, kind
from labelport.model.label import Annotation, ClassRef, Label, Relation, Source, Track
from labelport.model.record import Record
from labelport.shapes.frames import UNSEEN

KINDS = frozenset(
    {
        *("box", "rotated_box", "polygon", "polyline", "point", "ellipse", "mask", "classification"),
        *("track", "text_span", "html_span", "interval"),
    }
)
NO_SIZE = "the size of its picture is not known, and places are percent of it"
_WORDS = frozenset({"text_span", "html_span", "interval"})
_ORIGINS: dict[Source | None, str] = {"person": "manual", "model": "prediction", "import": "import"}
Results = list[Value]


class Writer:
    """Writes one record; `lost` tells what is not as it was."""

    def __init__(self, record: Record, context: Context) -> None:
        self.lost: list[Lost] = []
        self._record, self._context = record, context
        self._names: dict[ClassRef | None, str] = {
            ref: one.name for one in context.classes for ref in (one.number, one.name)
        }
        width, height = record.asset.width, record.asset.height
        self._size = Size(width, height) if width and height else None

    def task(self) -> Value:
        """Return the task."""
        record, asset = self._record, self._record.asset
        inline = asset.text if asset.kind in ("text", "html") else None
        data: Value = {asset.kind: record.path if inline is None else inline}
        if asset.kind == "video" and self._size:
            data |= {"width": asset.width, "height": asset.height}
        annotations = [self._annotation(label) for label in record.labels]
        kept, self.lost = self.lost, []
        predictions = [self._prediction(label) for label in record.predictions]
        self.lost = kept
        moved = record.workflow
        return {
            "id": record.number,
            "data": data,
            **_only(meta=record.metadata, created_at=_z(moved.created_at), updated_at=_z(moved.updated_at)),
            "annotations": annotations,
            "predictions": predictions,
        }

    def _annotation(self, label: Label) -> Value:
        reviews = [
            _only(accepted=one.accepted, created_by=one.by, created_at=_z(one.at), comment=one.comment)
            for one in label.reviews
        ]
        return {
            "id": int(label.id) if label.id.isascii() and label.id.isdigit() else label.id,
            **_only(completed_by=label.author, created_at=self._created(label), updated_at=_z(label.updated_at)),
            **_only(lead_time=label.seconds, reviews=reviews or None),
            "was_cancelled": label.skipped,
            "result": self._results(label),
        }

    def _created(self, label: Label) -> str | None:
        """Return when a label was made; an empty text where only others of the task say it: readers sort by it."""
        is_told = any(one.created_at for one in self._record.labels)
        return _z(label.created_at) or ("" if is_told else None)

    def _prediction(self, label: Label) -> Value:
        about = _only(model_version=label.author, score=label.score, created_at=_z(label.created_at))
        return {**about, "result": self._results(label)}

    def _results(self, label: Label) -> Results:
        found: Results = []
        for one in label.annotations:
            found += self._region(one)
        for track, seen, lost in following.sequences(label, self._record.asset, self._context.frames):
            self.lost += lost
            found += self._track(track, seen)
        known = {result["id"] for result in found}
        found += [_relation(one) for one in label.relations if {one.source, one.target} <= known]
        return found

    def _region(self, one: Annotation) -> Results:
        """Return the results of an annotation."""
        what, shape = kind(one.geometry), one.geometry
        if what not in KINDS:
            return []
        is_video = self._record.asset.kind == "video"
        if one.on is not None and not is_video:
            self.lost.append(Lost(what, "converted", "of the whole task, not of a part"))
        if shape is None:
            return self._whole(one)
        if self._size is None and what not in _WORDS:
            self.lost.append(Lost(what, "dropped", NO_SIZE))
            return []
        if is_video and what not in _WORDS:
            if what not in ("box", "rotated_box"):
                self.lost.append(Lost(what, "converted", "box"))
            return self._track(one, following.still(one, self._record.asset))
        return self._shape(one, shape)

    def _whole(self, one: Annotation) -> Results:
        """Return what is said of the task, or of some frames of a video; a class is a choice of the control `class`."""
        on = one.on
        if on is not None and on.first_frame is not None and self._record.asset.kind == "video":
            first, last = on.first_frame + 1, (on.first_frame if on.last_frame is None else on.last_frame) + 1
            spelled = Spelled("timeline", {"ranges": [{"start": first, "end": last}]}, "video")
            return self._told(one, spelled)
        found = [self._answer(one, answer, {}) for answer in one.answers]
        if one.class_ is not None:
            self.lost.append(Lost("classification", "converted", "a choice of the control 'class'"))
            about = {"from_name": "class", "to_name": self._record.asset.kind, "type": "choices"}
            found.append({**self._about(one), **about, "value": {"choices": [self._names[one.class_]]}})
        if not found:
            self.lost.append(Lost("classification", "dropped", "it says nothing"))
        return found

    def _shape(self, one: Annotation, shape: Geometry) -> Results:
        if isinstance(shape, Polyline) and len(shape.lines) > 1:
            self.lost.append(Lost("polyline", "converted", "one line through all its points"))
        if isinstance(shape, Interval) and shape.text is not None:
            self.lost.append(Lost("interval", "converted", "without its text"))
        spelled = placing.in_words(shape)
        if spelled is None:
            size = Size(shape.width, shape.height) if isinstance(shape, Mask) else self._size
            assert size is not None
            return self._told(one, placing.in_picture(shape, size), size)
        return self._told(one, spelled)

    def _track(self, one: Track | Annotation, seen: list[following.Seen]) -> Results:
        if self._size is None or not seen:
            reason = NO_SIZE if self._size is None else UNSEEN
            self.lost.append(Lost("track" if isinstance(one, Track) else kind(one.geometry), "dropped", reason))
            return []
        value = following.value(seen, self._record.asset, self._size)
        return self._told(one, Spelled("videorectangle", value, "video"), self._size)

    def _told(self, one: Annotation | Track, spelled: Spelled, size: Size | None = None) -> Results:
        """Return the result of a shape, with the label of its class, and those of what is answered."""
        name, tag = self._names.get(one.class_), spelled.tag
        is_moving = tag == "videorectangle"
        type_ = f"{tag}labels" if (name is not None and not is_moving) or not tag or tag == "timeline" else tag
        key = "labels" if is_moving else type_
        labelled = {key: [name]} if name is not None else {}
        sides = {"original_width": size.width, "original_height": size.height, "image_rotation": 0} if size else {}
        lead = {**self._about(one), "from_name": type_, "to_name": spelled.on, "type": type_, **sides}
        repeated = {} if tag == "brush" or is_moving else {**sides, "value": spelled.value}
        answers = [self._answer(one, answer, repeated) for answer in one.answers]
        return [{**lead, "value": {**spelled.value, **labelled}}, *answers]

    def _answer(self, one: Annotation | Track, answer: Answer, lead: Value) -> Value:
        found = said(answer)
        value = {**lead.get("value", {}), found.key: found.content}
        about = {"from_name": found.control, "to_name": self._record.asset.kind, "type": found.type}
        return {**lead, **self._about(one), **about, "value": value}

    def _about(self, one: Annotation | Track) -> Value:
        """Return what all results of a region have alike."""
        parent = one.group if one.group != one.id else None
        return {"id": one.id, **_only(parentID=parent, score=one.confidence, origin=_ORIGINS.get(one.source))}


def _relation(one: Relation) -> Value:
    about = {"type": "relation", "from_id": one.source, "to_id": one.target}
    return {**about, "direction": "right" if one.directed else "bi", "labels": [one.name] if one.name else []}


def _only(**values: object) -> Value:
    return {key: value for key, value in values.items() if value is not None}


def _z(moment: datetime | None) -> str | None:
    return msgspec.json.encode(moment).decode().strip('"') if moment else None
