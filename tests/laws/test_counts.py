"""Nothing is lost silently (DESIGN.md, law 1; A19, A24): selected = written + skipped, or the delivery is not sealed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from labelport.app.places import place
from labelport.client.workspace import Project
from labelport.errors import IntegrityError, LossError
from labelport.kit.label_volume import pack
from labelport.model.answers import Text
from labelport.model.asset import Asset, Series
from labelport.model.export import Skip, Tally
from labelport.model.geometry import Cuboid3D, Segment
from labelport.model.label import Annotation, Label
from labelport.model.record import Record
from labelport.registry import format_named, formats
from tests.laws.histories import Act, histories, lived, pool
from tests.laws.requests import FORMATS, requests
from tests.plugins import installed
from tests.spaces import Space, damage, files, lines, manifest, record

WRITTEN = tuple(name for name in formats() if format_named(name).encode is not None)
quick = settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Space]:
    pool()  # drawn now, for it cannot be drawn inside a property
    made = Space(tmp_path_factory.mktemp("counts"))
    yield made
    made.app.store.close()


@given(histories(), requests())
@quick
def test_a19_selected_is_written_and_skipped_in_every_format(
    space: Space, history: list[Act], asked: dict[str, Any]
) -> None:
    world = lived(space, history)
    project = world.project
    log = space.app.store.project(project.id).log
    damage(space, f"log = {log} AND task % 3 = 0")
    request = world.request(asked)
    made = space.export(request)
    sealed = manifest(made.destination)
    assert [tally.format for tally in sealed.tallies] == list(asked["formats"])
    tasks = {task.number for task in project.tasks(request.selection)}
    for tally in sealed.tallies:
        closes(tally, sealed.skips, len(tasks))
    skipped = {line["number"] for line in lines(files(made.destination).get("skipped.ndjson", b""))}
    assert skipped <= tasks
    lost = skipped or any(tally.annotations_skipped for tally in sealed.tallies)
    assert made.status == ("done_with_skips" if lost else "done")
    assert space.work.verify(made.destination).faults == ()


def closes(tally: Tally, skips: tuple[Skip, ...], tasks: int) -> None:
    reasons = [skip for skip in skips if skip.format == tally.format]
    assert tally.tasks_selected == tasks == tally.tasks_written + tally.tasks_skipped
    assert tally.tasks_skipped == sum(skip.count for skip in reasons)
    assert tally.annotations_written is not None
    assert tally.annotations_skipped is not None
    assert tally.annotations_selected == tally.annotations_written + tally.annotations_skipped


@pytest.mark.parametrize("name", WRITTEN)
def test_a24_a_poisoned_task_is_skipped_with_its_reason_and_the_rest_is_delivered(space: Space, name: str) -> None:
    project = space.work.create_project(f"poisoned {name}")
    project.save([record(i) for i in range(5)])
    damage(space, f"log = {space.app.store.project(project.id).log} AND task = 3")
    made = space.export(space.request(project.id, formats=(name,), on_loss="drop"))
    assert made.status == "done_with_skips"
    sealed = manifest(made.destination)
    assert (sealed.tallies[0].tasks_selected, sealed.tallies[0].tasks_written, sealed.tallies[0].tasks_skipped) == (
        5,
        4,
        1,
    )
    assert [(skip.tasks, skip.count) for skip in sealed.skips] == [(("t2",), 1)]
    assert "malformed" in sealed.skips[0].reason
    told = lines(files(made.destination)["skipped.ndjson"])
    assert [(line["task"], line["format"], line["reason"]) for line in told] == [("t2", name, sealed.skips[0].reason)]


@pytest.mark.parametrize("name", [name for name in WRITTEN if format_named(name).decode is not None])
def test_a_deep_verification_reads_past_skips_and_refuses_bytes_that_were_damaged(space: Space, name: str) -> None:
    project = space.work.create_project(f"deep {name}")
    project.save([record(i) for i in range(5)])
    damage(space, f"log = {space.app.store.project(project.id).log} AND task = 3")
    asked = {"formats": (name,), "verify": "deep"}
    made = space.export(space.request(project.id, on_loss="drop", **asked))
    assert (made.status, manifest(made.destination).tallies[0].tasks_written) == ("done_with_skips", 4)
    format_ = format_named(name)
    if format_.splice is None or format_.fragment is not None or format_.borrows is not None:
        return
    with pytest.raises(IntegrityError, match=r"malformed|is not JSON"):
        space.export(space.request(project.id, **asked))


LOSSY = """
import msgspec

from labelport.kit.format import Lost, Row
from labelport.registry import format_named


def lossy(name, way, which):
    '''Return the format, losing one thing of what task 4 gives: an item, or one element of a row.'''
    plain = format_named(name)

    def lose(number, items):
        items = list(items)
        if number == 4 and way != "nothing":
            written = [i for i, item in enumerate(items) if not isinstance(item, Lost)]
            last = items.pop(written[which])
            if way == "element":
                rows = last.data.split(b",\\n")
                assert len(rows) > 1
                items.append(Row(last.section, b",\\n".join(rows[1:])))
        return items

    def encode(record, context):
        return lose(record.number, plain.encode(record, context))

    def splice(stored, context):
        made = plain.splice(stored, context)
        return None if made is None else lose(stored.number, made)

    return msgspec.structs.replace(plain, encode=encode, splice=plain.splice and splice)


LOSSY = lossy({name!r}, {way!r}, {which})
"""
Loss = tuple[str, str, int, dict[str, Any]]
LOSSES: list[Loss] = [
    *((name, "item", which, {}) for name in WRITTEN for which in (0, -1)),
    ("ndjson_split", "item", -1, {"per": "task"}),
    ("coco", "element", -1, {}),
    ("coco_captions", "element", -1, {}),
]


def spliceable(space: Space, name: str) -> Project:
    """Return a project whose labels have the fragments of a format under the name of the lossy one that is like it."""
    project = space.work.create_project(space.app.new_id())
    texts, whole = ("coco_captions", "csv_labels", "geojson"), ("imagenet", "yolo_classify")
    made = {**dict.fromkeys(texts, captioned), **dict.fromkeys(whole, classified), "kitti_3d": clouded}.get(name)
    kinds = format_named(name).carries.kinds
    if "segment" in kinds and "box" not in kinds:
        project.save([scanned(space, i) for i in range(6)])
    else:
        project.save([made(i) if made else record(i, boxes=2) for i in range(6)])
    if format_named(name).fragment is not None:
        space.app.store.db.connection.execute("UPDATE fragment SET format = 'lossy'")
    return project


def captioned(i: int) -> Record:
    texts = [Annotation(f"t{i}-c{j}", answers=(Text("caption", f"a picture, {j}"),)) for j in range(2)]
    return record(i, labels=(Label(f"t{i}-l", annotations=tuple(texts)),))


def classified(i: int) -> Record:
    return record(i, labels=(Label(f"t{i}-l", annotations=(Annotation(f"t{i}-c", class_="car"),)),))


def clouded(i: int) -> Record:
    """Return a record of a cloud of points with two cuboids."""
    shapes = (Cuboid3D((9.0, side, 0.0), (4.0, 2.0, 2.0)) for side in (-3.0, 3.0))
    marks = tuple(Annotation(f"t{i}-c{j}", class_="car", geometry=shape) for j, shape in enumerate(shapes))
    return record(i, asset=Asset(f"a{i}", "point_cloud"), labels=(Label(f"t{i}-l", annotations=marks),))


def scanned(space: Space, i: int) -> Record:
    """Return a record of a scan with two segments."""
    blob = space.app.store.blobs.put([pack(np.arange(3, dtype=np.uint8).reshape(3, 1, 1))])
    marks = tuple(Annotation(f"t{i}-s{j}", class_="car", geometry=Segment(blob, (j,))) for j in (1, 2))
    series = Series("s", shape=(3, 1, 1), affine=tuple(np.eye(4).ravel().tolist()))
    return record(i, asset=Asset(f"a{i}", "volume", series=(series,)), labels=(Label(f"t{i}-l", annotations=marks),))


@pytest.mark.parametrize("on_loss", ["convert", "drop"])
@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: "-".join(map(str, loss[:3])))
def test_a_format_that_loses_a_row_is_refused(space: Space, tmp_path: Path, loss: Loss, on_loss: str) -> None:
    name, way, which, options = loss
    project = spliceable(space, name)
    request = space.request(project.id, formats=("lossy",), options={"lossy": options}, on_loss=on_loss)
    with installed(tmp_path, LOSSY.format(name=name, way=way, which=which), "lossy"):
        job = project.export(request=request, to=space.fresh())
        with pytest.raises(IntegrityError, match="counts do not close"):
            job.wait_till_done()
    failed = space.work.export(job.uid)
    assert failed.status == "failed"
    assert "counts do not close" in (failed.result.error or "")
    assert list(place(failed.export.destination).list()) == []


@pytest.mark.parametrize("name", WRITTEN)
def test_a_format_that_loses_nothing_passes_the_same_gate(space: Space, tmp_path: Path, name: str) -> None:
    project = spliceable(space, name)
    with installed(tmp_path, LOSSY.format(name=name, way="nothing", which=0), "lossy"):
        made = space.export(space.request(project.id, formats=("lossy",)))
        assert made.status == "done"
        assert len(manifest(made.destination).tallies) == 1


COVERING = """
import msgspec

from labelport.formats.csv_objects import FORMAT
from labelport.kit.format import Lost


def encode(record, context):
    yield from FORMAT.encode(record, context)
    if record.number == 4:
        yield Lost("box", "dropped", "covered")


COVERING = msgspec.structs.replace(FORMAT, encode=encode)
"""


def test_what_drawing_loses_is_in_the_report_and_the_counts_close(space: Space, tmp_path: Path) -> None:
    project = spliceable(space, "csv_objects")
    with installed(tmp_path, COVERING, "covering"):
        made = manifest(space.export(space.request(project.id, formats=("covering",))).destination)
    (tally,) = made.tallies
    assert (tally.annotations_selected, tally.annotations_written, tally.annotations_skipped) == (12, 11, 1)
    assert made.losses is not None
    assert [(loss.fate, loss.how, loss.count) for loss in made.losses if loss.what == "box"] == [
        ("dropped", "covered", 1),
        ("exact", "", 11),
    ]


def test_what_drawing_loses_fails_where_nothing_may_be_lost(space: Space, tmp_path: Path) -> None:
    project = spliceable(space, "csv_objects")
    with installed(tmp_path, COVERING, "covering"):
        job = project.export(request=space.request(project.id, formats=("covering",), on_loss="fail"), to=space.fresh())
        with pytest.raises(LossError, match="box would be lost, as covered"):
            job.wait_till_done()


def test_every_format_that_can_be_written_is_tried_here() -> None:
    assert set(FORMATS) <= set(WRITTEN)
