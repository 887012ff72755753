"""How a record becomes rows."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

import msgspec

from labelport.formats.parquet.rows import AnnotationRow, KeyframeRow, LabelRow, TaskRow
from labelport.kit.format import Context, Row
from labelport.model.geometry import Geometry, kind
from labelport.model.label import Annotation, Label, Stamp, Target, Track
from labelport.model.ontology import LabelClass
from labelport.model.record import Record, state_of
from labelport.shapes import frames
from labelport.shapes.rings import envelope

Classes = Mapping[object, LabelClass]
_WHOLE = Target()
_UNSTAMPED = Stamp("")
_encode = msgspec.json.Encoder().encode


def rows(record: Record, context: Context) -> Iterator[Row]:
    """Yield the rows of a task."""
    yield Row("tasks", _encode(_task(record)))
    known: Classes = {one.number: one for one in context.classes}
    for label in record.labels:
        stamps = {one.annotation: one for one in label.stamps}
        for annotation in label.annotations:
            row = _annotation(record, label, annotation, known, stamps.get(annotation.id, _UNSTAMPED))
            yield Row("annotations", _encode(row))
        for track in label.tracks:
            yield Row("annotations", _encode(_object(record, label, track, known, stamps.get(track.id, _UNSTAMPED))))
        for state in _states(record, label, context):
            yield Row("keyframes", _encode(_keyframe(record, label, state, known)))


def count(record: Record, context: Context) -> Mapping[str, int]:
    """Return how many keyframes the task gives."""
    if context.frames == "keyframes":
        return {"keyframes": sum(len(label.keyframes) for label in record.labels)}
    runs = (frames.spans(label, record.asset.frames, context.frames) for label in record.labels)
    return {"keyframes": sum(end - start for found in runs for start, end in found)}


def text(value: object) -> str | None:
    """Return native JSON; None for nothing and for an empty tuple."""
    return None if value is None or value == () else _encode(value).decode()


def _states(record: Record, label: Label, context: Context) -> Iterator[frames.State]:
    if context.frames != "keyframes":
        yield from frames.states(label, record.asset.frames, context.frames)
        return
    tracks = {track.id: track for track in label.tracks}
    for one in label.keyframes:
        yield frames.State(one.frame, tracks[one.track], one, made=False)


def _task(record: Record) -> TaskRow:
    asset = record.asset
    return msgspec.structs.replace(
        _moved(record),
        uri=asset.uri,
        width=asset.width,
        height=asset.height,
        external_id=record.external_id,
        global_key=record.global_key,
        metadata=text(record.metadata),
        attachments=text(record.attachments),
        embeddings=text(record.embeddings),
        predictions=text(record.predictions),
        issues=text(record.issues),
        stage_history=text(record.stage_history),
        extra=text(record.extra),
    )


def _moved(record: Record) -> TaskRow:
    """Return what every task has in its row, and where it is in its workflow."""
    flow = record.workflow
    return TaskRow(
        task_number=record.number,
        task=record.id,
        name=record.name,
        path=record.path,
        state=state_of(record),
        annotations=sum(len(label.annotations) + len(label.tracks) for label in record.labels),
        stage=flow.stage,
        status=flow.status,
        priority=flow.priority,
        assignees=flow.assignees,
        reviewers=flow.reviewers,
        tags=flow.tags,
        cycle=flow.cycle,
        skips=flow.skips,
        draft=flow.draft,
        finished=flow.finished,
        labels=tuple(map(_label, record.labels)),
        asset=_encode(record.asset).decode(),
        batch=flow.batch,
        dataset=flow.dataset,
        created_at=_utc(flow.created_at),
        updated_at=_utc(flow.updated_at),
        completed_at=_utc(flow.completed_at),
        entered_at=_utc(flow.entered_at),
        verdict=flow.verdict,
        came_from=flow.came_from,
    )


def _label(label: Label) -> LabelRow:
    return LabelRow(
        id=label.id,
        source=label.source,
        final=label.final,
        skipped=label.skipped,
        author=label.author,
        created_at=_utc(label.created_at),
        updated_at=_utc(label.updated_at),
        seconds=label.seconds,
        score=label.score,
        relations=text(label.relations),
        reviews=text(label.reviews),
        stamps=text(label.stamps),
        extra=text(label.extra),
    )


def _annotation(record: Record, label: Label, one: Annotation, known: Classes, stamp: Stamp) -> AnnotationRow:
    on = one.on or _WHOLE
    x, y, width, height = _bounds(one.geometry)
    return msgspec.structs.replace(
        _object(record, label, one, known, stamp),
        kind=kind(one.geometry),
        crowd=one.crowd,
        z_order=one.z_order,
        x=x,
        y=y,
        width=width,
        height=height,
        geometry=text(one.geometry),
        series=on.series,
        first_frame=on.first_frame,
        last_frame=on.last_frame,
        page=on.page,
        message=on.message,
        occluded=one.occluded,
        truncated=one.truncated,
    )


def _object(record: Record, label: Label, one: Annotation | Track, known: Classes, stamp: Stamp) -> AnnotationRow:
    """Return the row of a track, and what it shares with that of an annotation."""
    number, name = _named(one, known)
    return AnnotationRow(
        task_number=record.number,
        task=record.id,
        label=label.id,
        annotation=one.id,
        annotation_number=one.number,
        kind="track",
        crowd=False,
        z_order=0,
        author=label.author,
        class_number=number,
        class_name=name,
        answers=text(one.answers),
        group=one.group,
        source=one.source,
        confidence=one.confidence,
        created_by=stamp.created_by,
        created_at=_utc(stamp.created_at),
        updated_by=stamp.updated_by,
        updated_at=_utc(stamp.updated_at),
        extra=text(one.extra),
    )


def _keyframe(record: Record, label: Label, state: frames.State, known: Classes) -> KeyframeRow:
    number, name = _named(state.track, known)
    one, at = state.keyframe, frames.seconds(record.asset, state.frame)
    x, y, width, height = _bounds(one.geometry)
    return KeyframeRow(
        task_number=record.number,
        task=record.id,
        label=label.id,
        track=state.track.id,
        track_number=state.track.number,
        frame=state.frame,
        outside=one.outside,
        occluded=one.occluded,
        z_order=one.z_order,
        interpolated=state.made,
        class_number=number,
        class_name=name,
        milliseconds=None if at is None else 1000 * at,
        kind=None if one.geometry is None else kind(one.geometry),
        x=x,
        y=y,
        width=width,
        height=height,
        geometry=text(one.geometry),
        answers=text(one.answers),
    )


def _named(one: Annotation | Track, known: Classes) -> tuple[int | None, str | None]:
    """Return the number and the name of a class; one that is only named keeps its name."""
    if isinstance(one.class_, str):
        return None, one.class_
    found = known.get(one.class_)
    return one.class_, found.name if found else None


def _bounds(shape: Geometry | None) -> tuple[float, float, float, float] | tuple[None, None, None, None]:
    box = None if shape is None else envelope(shape)
    return (None, None, None, None) if box is None else (box.x, box.y, box.width, box.height)


def _utc(at: datetime | None) -> datetime | None:
    return None if at is None else at.astimezone(UTC)
