"""The tasks of the sample project: the scenes with their labels, and where each stands in the workflow."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Literal

import msgspec

from labelport.app.sample import pictures
from labelport.app.sample.scene import NUMBERS, Scene
from labelport.model.answers import Boolean, Number, Option, Radio
from labelport.model.asset import Asset
from labelport.model.geometry import TextSpan
from labelport.model.label import Annotation, Keyframe, Label, Relation, Stamp, Track
from labelport.model.record import Record
from labelport.model.visit import Visit
from labelport.model.workflow import Comment, Issue, Review, Status, Workflow

Day = Literal["monday", "tuesday"]
"""On tuesday the task `mast` is reworked and done, which on monday was to be reworked."""

BATCHES = {"w31": "Week 31", "w32": "Week 32", "other": "Clips and texts"}
LOGBOOK = "06:40 The tug Ada brought the Northern Star to berth 4.\n07:15 Fog; the ferry waits at the pier.\n"
SPANS = (("ship", "Ada"), ("ship", "Northern Star"), ("place", "berth 4"), ("ship", "ferry"), ("place", "the pier"))
MONDAY = datetime(2025, 8, 4, 8, 0, tzinfo=UTC)
KEYFRAMES = (0, 4, 7, 13, 16, 21, 22)
"""Frames where the ferry's box changes its pace: it enters, goes behind a pillar, comes out, and leaves."""


def records(day: Day) -> Iterator[Record]:
    """Yield the tasks as they stand on a day."""
    yield from _done()
    yield from _underway()
    yield _mast(day)
    scene = pictures.arrival()
    yield _record(scene, "arrival.png", "arrival.png", _at("label", "queued", 12))
    yield _ferry()
    yield _logbook()


def _done() -> Iterator[Record]:
    """Yield the tasks that finished the workflow; two of them bear one name."""
    for hours, (scene, name, uri) in enumerate(
        (
            (pictures.harbour(), "harbour.png", "harbour.png"),
            (pictures.north_quay(), "quay.png", "north/quay.png"),
            (pictures.south_quay(), "quay.png", "south/quay.png"),
            (pictures.aerial(), "aerial.png", "aerial.png"),
            (pictures.lighthouse(), "lighthouse.jpg", "lighthouse.jpg"),
        )
    ):
        workflow = _at("done", "done", hours, batch="w31")
        yield msgspec.structs.replace(
            _record(scene, name, uri, workflow, _label(scene, "ada", hours)),
            stage_history=_history(hours),
            metadata={"weather": "clear", "berth": str(hours + 1)},
        )


def _underway() -> Iterator[Record]:
    """Yield the tasks that somebody still looks at."""
    scene = pictures.dockers()
    yield _record(scene, "dockers.png", "dockers.png", _at("review", "in_review", 6), _label(scene, "ben", 6))
    scene = pictures.buoys()
    yield _record(scene, "buoys.png", "buoys.png", _at("review", "submitted", 7), _label(scene, "ben", 7))
    scene = pictures.smoke()
    yield _record(scene, "smoke.png", "smoke.png", _at("review", "submitted", 8), _label(scene, "ada", 8))
    yield _night()
    scene = pictures.fog()
    empty = _label(scene, "ben", 11, Review(accepted=True, by="cleo", at=_time(12)))
    yield _record(scene, "fog.png", "fog.png", _at("done", "done", 11, batch="w31"), empty)


def _night() -> Record:
    """Return the task that two people labelled; one label is final."""
    scene = pictures.night()
    first = _label(scene, "ada", 10)
    fewer = tuple(
        msgspec.structs.replace(one, id=f"night-b{i}") for i, one in enumerate(first.annotations[:-1], start=1)
    )
    second = Label("night-ben", author="ben", final=False, annotations=fewer, created_at=_time(11), score=0.83)
    return _record(scene, "night.png", "night.png", _at("review", "in_review", 11), first, second)


def _mast(day: Day) -> Record:
    """Return the task that a reviewer asked about, and the answer of the next day."""
    scene = pictures.mast(moored=day == "monday")
    workflow, hours = (_at("label", "rework", 9), 9) if day == "monday" else (_at("done", "done", 30), 30)
    said = (Comment("Is she moored? I see no line ashore.", "cleo"), Comment("She is not; mended.", "ada"))
    issue = Issue("mast-i1", day == "tuesday", "cleo", position=(243.0, 200.0), comments=said[: 1 + (hours == 30)])
    record = _record(scene, "mast.png", "mast.png", workflow, _label(scene, "ada", hours))
    return msgspec.structs.replace(record, issues=(issue,))


def _ferry() -> Record:
    """Return the clip: one track that is hidden for a while and leaves."""
    width, height = pictures.CLIP
    asset = Asset(
        "ferry", "video", "ferry.gif", width=width, height=height, frames=pictures.FRAMES, fps=12.0, mime="image/gif"
    )
    track = Track("ferry-1", class_=NUMBERS["ship"], answers=(Radio("vessel", Option("ferry")),))
    keyframes = tuple(
        Keyframe("ferry-1", frame, place, outside=place is None, occluded=7 <= frame < 13)
        for frame in KEYFRAMES
        for place in (pictures.ferry_at(frame),)
    )
    label = Label("ferry-ada", author="ada", tracks=(track,), keyframes=keyframes, created_at=_time(13))
    return Record("ferry", "ferry.gif", asset, workflow=_at("done", "done", 13, "other"), labels=(label,))


def _logbook() -> Record:
    """Return the text: spans, a relation, an answer about the whole."""
    spans = []
    for i, (class_, words) in enumerate(SPANS, start=1):
        start = LOGBOOK.index(words)
        span = TextSpan(start, start + len(words), words)
        spans.append(Annotation(f"logbook-{i}", class_=NUMBERS[class_], geometry=span))
    about = Annotation("logbook-6", answers=(Boolean("delayed", yes=True), Number("entries", 2)))
    label = Label(
        "logbook-ben",
        author="ben",
        annotations=(*spans, about),
        relations=(Relation("logbook-r1", "logbook-2", "logbook-3", "moors at"),),
        created_at=_time(14),
    )
    asset = Asset("logbook", "text", "logbook.txt", text=LOGBOOK, mime="text/plain")
    return Record("logbook", "logbook.txt", asset, workflow=_at("review", "submitted", 14, "other"), labels=(label,))


def _record(scene: Scene, name: str, uri: str, workflow: Workflow, *labels: Label) -> Record:
    width, height = scene.size
    asset = Asset(scene.task, "image", uri, width=width, height=height)
    return Record(scene.task, name, asset, external_id=uri, workflow=workflow, labels=labels)


def _label(scene: Scene, author: str, hours: int, *reviews: Review) -> Label:
    return Label(
        f"{scene.task}-{author}",
        author=author,
        annotations=tuple(scene.annotations),
        relations=tuple(scene.relations),
        created_at=_time(hours),
        updated_at=_time(hours + 1),
        seconds=90.0 + 7 * hours,
        reviews=reviews,
        stamps=tuple(Stamp(one.id, author, _time(hours), author, _time(hours + 1)) for one in scene.annotations),
    )


def _at(stage: str, status: Status, hours: int, batch: str = "w32") -> Workflow:
    """Return where a task stands, so many hours after monday morning."""
    return Workflow(
        stage,
        status,
        batch,
        assignees=("ada" if hours % 2 else "ben",),
        reviewers=("cleo",) if stage != "label" else (),
        created_at=MONDAY,
        updated_at=_time(hours + 2),
        completed_at=_time(hours + 2) if status == "done" else None,
    )


def _history(hours: int) -> tuple[Visit, ...]:
    return (
        Visit("label", MONDAY, _time(hours + 1), "ada", "submitted", 90_000 + 7_000 * hours),
        Visit("review", _time(hours + 1), _time(hours + 2), "cleo", "accepted", 30_000),
    )


def _time(hours: int) -> datetime:
    return MONDAY + timedelta(hours=hours)
