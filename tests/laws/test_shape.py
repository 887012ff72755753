"""What a request makes of records: its classes and its frames, in every format, counted before the run and after it."""

import csv
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labelport.fidelity import DANGLING
from labelport.model.export import ClassMap, DeliveredClass, Loss, Manifest, Selection
from labelport.model.geometry import Box
from labelport.model.label import Annotation, Keyframe, Label, Relation, Track
from labelport.model.record import Record
from tests.laws.histories import ASSETS, Act, histories, lived, pool
from tests.laws.requests import CLASS_MAPS, FRAMES, requests
from tests.spaces import Space, files, lines, manifest

quick = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Space]:
    pool()  # drawn now, for it cannot be drawn inside a property
    made = Space(tmp_path_factory.mktemp("shape"))
    yield made
    made.app.store.close()


def plainly(record: dict[str, Any], target: Mapping[int, int | None]) -> dict[str, Any]:
    """Map a native record as the request says, by its plain values."""
    for label in record.get("labels", ()):
        for name in ("annotations", "tracks"):
            objects = [one for one in label.get(name, ()) if target.get(one.get("class", 0), 0) is not None]
            gone = {one["id"] for one in label.get(name, ()) if one not in objects}
            for one in objects:
                if "class" in one:
                    one["class"] = target[one["class"]]
            _put(label, name, objects)
            _put(
                label,
                "relations",
                [one for one in label.get("relations", ()) if not gone & {one["source"], one["target"]}],
            )
            _put(label, "keyframes", [one for one in label.get("keyframes", ()) if one["track"] not in gone])
            _put(label, "stamps", [one for one in label.get("stamps", ()) if one["annotation"] not in gone])
    return record  # fmt: skip


def _put(label: dict[str, Any], name: str, found: list[Any]) -> None:
    label.pop(name, None)
    if found:
        label[name] = found


@given(histories(), st.sampled_from(CLASS_MAPS), st.sampled_from(("final", "all")))
@quick
def test_a12_records_are_those_of_the_project_in_the_classes_of_the_map(
    space: Space, history: list[Act], class_map: ClassMap, labels: str
) -> None:
    world = lived(space, history)
    plain = space.export(world.request({"selection": Selection(), "labels": labels}))
    made = space.export(world.request({"selection": Selection(), "labels": labels}, class_map=class_map))
    sealed = manifest(made.destination)
    target = {one.number: one.to for one in sealed.class_map}
    expected = [plainly(one, target) for one in lines(files(plain.destination)["data.ndjson"])]
    found = lines(files(made.destination)["data.ndjson"])
    for one in found:
        one.pop("state", None)
    assert found == expected
    assert {one.number for one in sealed.classes} >= {to for to in target.values() if to is not None}


@given(histories(), requests())
@quick
def test_a16_what_a_request_leaves_out_is_foreseen_and_counted(
    space: Space, history: list[Act], asked: dict[str, Any]
) -> None:
    world = lived(space, history)
    request = world.request(asked)
    foreseen = world.project.export.plan(request)
    sealed = manifest(space.export(request).destination)
    if not sealed.skips:
        assert seen(foreseen.losses) == seen(losses(sealed))


def losses(sealed: Manifest) -> tuple[Loss, ...]:
    """Return the losses that a manifest tells: that of a fold cannot."""
    assert sealed.losses is not None
    return sealed.losses


def seen(losses: Sequence[Loss]) -> set[Loss]:
    """Leave out what a plan does not see: relations that lose an end, and ellipses that Datumaro finds turned."""
    return {loss for loss in losses if loss.how != DANGLING and not _is_drawn(loss)}


def _is_drawn(loss: Loss) -> bool:
    return loss.format == "datumaro" and loss.what.endswith("ellipse")


@given(histories(), st.sampled_from(CLASS_MAPS), st.sampled_from(FRAMES))
@quick
def test_spliced_and_encoded_deliveries_of_mapped_classes_are_the_same(
    space: Space, history: list[Act], class_map: ClassMap, frames: str
) -> None:
    world = lived(space, history)
    asked = {"selection": Selection(), "formats": ("ndjson", "json", "ndjson_split"), "frames": frames}
    spliced, encoded = (
        files(space.export(world.request(asked, class_map=class_map, on_loss=on_loss)).destination)
        for on_loss in ("convert", "drop")
    )
    assert spliced == encoded


def boxes(*classes: str | None) -> tuple[Annotation, ...]:
    return tuple(Annotation(f"o{i}", class_=name, geometry=Box(i, i, 4, 4)) for i, name in enumerate(classes))


def test_a34_a_task_whose_objects_are_left_out_is_still_labelled(space: Space) -> None:
    project = space.work.create_project("left out")
    project.save([Record("t", "t.jpg", ASSETS[0], labels=(Label("l", annotations=boxes("car", "tree", None)),))])
    (tree,) = (one.number for one in project.info().classes if one.name == "tree")
    made = space.export(
        space.request(
            project.id,
            formats=("coco", "ndjson"),
            class_map=ClassMap((DeliveredClass((tree,), "plant", 1),), "drop"),
        )
    )
    document = json.loads(files(made.destination)["coco/annotations.json"])
    assert [(one["id"], one["name"]) for one in document["categories"]] == [(1, "plant")]
    assert [one["category_id"] for one in document["annotations"]] == [1]
    assert document["images"][0]["state"] == "labelled"
    sealed = manifest(made.destination)
    left_out = {(loss.format, loss.what, loss.count) for loss in losses(sealed) if "left out" in loss.how}
    assert left_out == {("coco", "box", 1), ("ndjson", "box", 1)}
    assert [tally.annotations_skipped for tally in sealed.tallies] == [2, 1]


def test_relations_of_what_is_left_out_are_counted(space: Space) -> None:
    project = space.work.create_project("related")
    found = Label("l", annotations=boxes("car", "tree"), relations=(Relation("r", "o0", "o1"),))
    project.save([Record("t", "t.jpg", ASSETS[0], labels=(found,))])
    made = space.export(space.request(project.id, class_map=ClassMap((DeliveredClass((1,)),), "drop")))
    assert Loss("ndjson", "relations", "dropped", DANGLING, 1) in losses(manifest(made.destination))


def test_predictions_are_in_the_classes_of_the_delivery(space: Space) -> None:
    project = space.work.create_project("predicted")
    guess = Label("p", source="model", annotations=boxes("car", "tree", "of the model", None))
    project.save(
        [Record("t", "t.jpg", ASSETS[0], labels=(Label("l", annotations=boxes("car")),), predictions=(guess,))]
    )
    project.add_class("tree")
    renamed = space.request(project.id, class_map=ClassMap((DeliveredClass((1,), "auto"),)))
    alone = space.request(project.id, class_map=ClassMap((DeliveredClass((1,), "auto"),), "drop"))
    told = [lines(files(space.export(one).destination)["data.ndjson"])[0] for one in (renamed, alone)]
    found = [[one.get("class") for one in line["predictions"][0]["annotations"]] for line in told]
    assert found == [["auto", "tree", "of the model", None], ["auto", None]]


def video(fps: float | None) -> Record:
    keyframes = (
        Keyframe("t1", 0, Box(0, 0, 4, 4)),
        Keyframe("t1", 10, Box(10, 0, 4, 4)),
        Keyframe("t2", 1, Box(5, 5, 2, 2)),
        Keyframe("t2", 2, outside=True),
    )
    label = Label("l", tracks=(Track("t1", class_="car"), Track("t2", class_="car")), keyframes=keyframes)
    asset = msgspec.structs.replace(ASSETS[2], fps=fps, id=f"v-{fps}")
    return Record(f"at {fps}", f"at {fps}.mp4", asset, labels=(label,))


def test_a29_every_nth_frame_is_delivered_and_a_track_between_them_is_counted(space: Space) -> None:
    project = space.work.create_project("sampled")
    project.save([video(25.0)])
    asked = {"formats": ("coco", "csv_objects", "ndjson"), "frames": "every:5"}
    made = space.export(space.request(project.id, **asked))
    document = json.loads(files(made.destination)["coco/annotations.json"])
    assert [(one["frame"], one["seconds"]) for one in document["images"]] == [(0, 0.0), (5, 0.2), (10, 0.4)]
    assert [one["bbox"][0] for one in document["annotations"]] == [0, 5, 10]
    rows = list(csv.DictReader(StringIO(files(made.destination)["csv_objects/annotations.csv"].decode())))
    assert [(row["track"], row["frame"]) for row in rows] == [("t1", "0"), ("t1", "5"), ("t1", "10"), ("t2", "")]
    dropped = Counter({loss.format: loss.count for loss in losses(manifest(made.destination)) if "frame" in loss.how and loss.fate == "dropped"})  # fmt: skip
    assert dropped == {"coco": 1}


def test_a_video_whose_rate_is_not_known_is_skipped_with_the_reason(space: Space) -> None:
    project = space.work.create_project("rates")
    project.save([video(25.0), video(None)])
    sealed = manifest(space.export(space.request(project.id, formats=("coco", "ndjson"), frames="fps:5")).destination)
    assert [(skip.format, skip.tasks) for skip in sealed.skips] == [("coco", ("at None",))]
    assert "needs the frame rate" in sealed.skips[0].reason
