"""COCO documents say what the labels say, by the judgement of pycocotools."""

import json
import re
from contextlib import redirect_stdout
from io import BytesIO, StringIO
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pycocotools import mask as judge
from pycocotools.coco import COCO

from labelport.errors import InvalidError, RequestError
from labelport.fidelity import Ledger, fit
from labelport.formats.coco import FORMAT, Options, encode
from labelport.kit.coco_rows import number
from labelport.kit.format import Context, Input, Row, Stored
from labelport.model.answers import Answer, Boolean, Checklist, Number, Option, Radio, Ranking, Text, Tree
from labelport.model.asset import Asset
from labelport.model.geometry import (
    Box,
    Cuboid,
    Ellipse,
    Geometry,
    Keypoint,
    Keypoints,
    Mask,
    Point,
    Polygon,
    RotatedBox,
)
from labelport.model.label import Annotation, Keyframe, Label, Target, Track
from labelport.model.ontology import Attribute, LabelClass, Ontology, Skeleton
from labelport.model.record import Record
from labelport.shapes import convert, frames, raster, rle
from labelport.testing.render import render, spliced, stored
from labelport.testing.strategies import projects
from tests.samples import sample

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # the judge's
CLASSES = (LabelClass(1, "cat"), LabelClass(2, "person", "#ff8000", "animal", Skeleton(("head", "foot"), ((0, 1),))))
HEIGHT, WIDTH = 40, 60
SQUARE = (10.0, 10.0, 20.0, 10.0, 20.0, 20.0, 10.0, 20.0)
HOLE = (12.0, 12.0, 15.0, 12.0, 15.0, 15.0, 12.0, 15.0)
FAR = (30.0, 5.0, 50.5, 5.25, 40.0, 30.0)


def record(*annotations: Annotation, number: int = 1, **more: Any) -> Record:
    asset = Asset(f"a{number}", "image", width=WIDTH, height=HEIGHT)
    label = Label(f"l{number}", annotations=annotations)
    return Record(f"r{number}", f"r{number}", asset, number, f"{number}.jpg", labels=(label,), **more)


def one(shape: Geometry | None, number: int = 1, class_: int | None = 1, **more: Any) -> Annotation:
    return Annotation(f"n{number}", number, class_, shape, **more)


def context(**options: Any) -> Context:
    return Context(CLASSES, options)


def written(*records: Record, **options: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(render(FORMAT, records, context(**options))["annotations.json"])
    return found


def row(shape: Geometry, **options: Any) -> dict[str, Any]:
    found: dict[str, Any] = written(record(one(shape)), **options)["annotations"][0]
    return found


def judged(document: dict[str, Any]) -> COCO:
    coco = COCO()
    coco.dataset = document
    with redirect_stdout(StringIO()):
        coco.createIndex()
    return coco


def pixels(document: dict[str, Any], place: int = 0) -> np.ndarray[Any, np.dtype[np.uint8]]:
    coco = judged(document)
    found: np.ndarray[Any, np.dtype[np.uint8]] = coco.annToMask(document["annotations"][place])
    return found


COORDINATE = st.one_of(st.integers(-40, 400).map(lambda n: n / 5), st.floats(-5, 70, allow_nan=False))
RING = st.lists(COORDINATE, min_size=3, max_size=8).flatmap(
    lambda xs: st.lists(COORDINATE, min_size=len(xs), max_size=len(xs)).map(
        lambda ys: tuple(v for p in zip(xs, ys, strict=True) for v in p)
    )
)
PART = st.lists(RING, min_size=1, max_size=3).map(tuple)
POLYGON = st.lists(PART, min_size=1, max_size=3).map(lambda parts: Polygon(tuple(parts)))
PLAIN = st.lists(RING, min_size=1, max_size=3).map(lambda rings: Polygon(tuple((ring,) for ring in rings)))
BITS = st.binary(min_size=HEIGHT * WIDTH // 8, max_size=HEIGHT * WIDTH // 8)
MASK = BITS.map(lambda data: np.unpackbits(np.frombuffer(data, np.uint8)).reshape(HEIGHT, WIDTH)).map(
    lambda mask: Mask(HEIGHT, WIDTH, rle.write(rle.encode(mask)))
)
SIZE = st.floats(0, 50, allow_nan=False)
BOX = st.builds(Box, COORDINATE, COORDINATE, SIZE, SIZE)
KEYPOINTS = st.lists(st.builds(Keypoint, COORDINATE, COORDINATE, st.integers(0, 2)), min_size=1, max_size=3).map(
    lambda points: Keypoints(tuple(points))
)
TURNED = st.one_of(
    st.builds(RotatedBox, COORDINATE, COORDINATE, SIZE, SIZE, st.floats(-360, 360, allow_nan=False)),
    st.builds(Ellipse, COORDINATE, COORDINATE, SIZE, SIZE),
)
SHAPE = st.one_of(BOX, POLYGON, MASK, KEYPOINTS, TURNED)
ANSWERS: st.SearchStrategy[tuple[Answer, ...]] = st.sampled_from([(), (Text("t", "x\n"),), (Radio("r", Option("a")),)])


@st.composite
def records(draw: st.DrawFn) -> list[Record]:
    found, free = [], iter(range(1, 100))
    for task in range(1, draw(st.integers(1, 3)) + 1):
        labels = tuple(
            Label(
                f"l{task}{i}",
                annotations=tuple(
                    Annotation(
                        f"n{n}",
                        n,
                        draw(st.sampled_from([None, 1, 2])),
                        draw(st.none() | SHAPE),
                        answers=draw(ANSWERS),
                        group=draw(st.sampled_from([None, "g"])),
                        crowd=draw(st.booleans()),
                    )
                    for n in (next(free) for _ in range(draw(st.integers(0, 3))))
                ),
            )
            for i in range(draw(st.integers(0, 2)))
        )
        asset = Asset(
            "a", "image", width=draw(st.sampled_from([None, WIDTH])), height=draw(st.sampled_from([None, HEIGHT]))
        )
        found.append(Record(f"r{task}", f"r{task}", asset, task, f"{task}.jpg", labels=labels))
    return found


@given(records(), st.sampled_from([{}, {"category_id_base": 0}, {"holes": "keyhole"}]))
@settings(deadline=None, max_examples=30)
def test_splicing_gives_the_bytes_of_encoding(given_records: list[Record], options: dict[str, Any]) -> None:
    assert spliced(FORMAT, given_records, context(**options)) == render(FORMAT, given_records, context(**options))


@given(records())
@settings(deadline=None, max_examples=30)
def test_rows_are_as_many_as_counted(given_records: list[Record]) -> None:
    document = written(*given_records)
    assert FORMAT.count is not None
    counted = [FORMAT.count(each, context()) for each in given_records]
    assert len(document["images"]) == sum(each["images"] for each in counted)
    assert len(document["annotations"]) == sum(each["annotations"] for each in counted)


@given(projects(), st.sampled_from(["keyframes", "all"]))
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
def test_records_of_every_kind_give_the_rows_that_are_counted_whichever_way(
    drawn: tuple[Ontology, tuple[Record, ...]], wanted: frames.Wanted
) -> None:
    ontology, whole = drawn
    plain = Context(ontology.classes, frames=wanted)
    given_records = [fit(each, FORMAT.carries, "convert", Ledger()) for each in whole]  # as an export hands them over
    data = render(FORMAT, given_records, plain)
    document = json.loads(data["annotations.json"])
    assert FORMAT.count is not None
    counted = [FORMAT.count(each, plain) for each in given_records]
    assert len({image["id"] for image in document["images"]}) == sum(each["images"] for each in counted)
    assert len({one["id"] for one in document["annotations"]}) == sum(each["annotations"] for each in counted)
    assert wanted == "all" or spliced(FORMAT, given_records, plain) == data


@given(records())
@settings(deadline=None, max_examples=30)
def test_a14_the_judge_loads_every_document_and_finds_every_id_once(given_records: list[Record]) -> None:
    document = written(*given_records)
    coco = judged(document)
    assert len(coco.anns) == len(document["annotations"])
    assert len(coco.imgs) == len(document["images"])


@given(PLAIN)
@settings(deadline=None, max_examples=30)
def test_a22_a_polygon_covers_the_pixels_that_it_covers_here(shape: Polygon) -> None:
    document = written(record(one(shape)))
    expected = rle.decode(raster.polygon(shape.parts, HEIGHT, WIDTH), HEIGHT, WIDTH)
    assert (pixels(document) == expected).all()
    assert document["annotations"][0]["area"] == expected.sum()


@given(POLYGON)
@settings(deadline=None, max_examples=30)
def test_a20_holes_stay_holes(shape: Polygon) -> None:
    document = written(record(one(shape)))
    expected = rle.decode(raster.polygon(shape.parts, HEIGHT, WIDTH), HEIGHT, WIDTH)
    assert (pixels(document) == expected).all()


@given(MASK)
@settings(deadline=None, max_examples=20)
def test_masks_go_out_byte_for_byte(shape: Mask) -> None:
    found = row(shape)
    theirs = {"size": [HEIGHT, WIDTH], "counts": shape.counts}
    assert found["segmentation"] == theirs
    assert found["area"] == judge.area(theirs)
    assert found["bbox"] == judge.toBbox(theirs).tolist()


@given(PLAIN)
@settings(deadline=None, max_examples=30)
def test_a23_the_bbox_is_the_bounds_of_the_segmentation(shape: Polygon) -> None:
    found = row(shape)
    corners = [v for ring in found["segmentation"] for v in ring]
    x, y = min(corners[0::2]), min(corners[1::2])
    assert found["bbox"] == [x, y, max(corners[0::2]) - x, max(corners[1::2]) - y]


def test_a18_parts_stay_one_annotation() -> None:
    found = row(Polygon(((SQUARE,), (FAR,))))
    assert found["segmentation"] == [list(SQUARE), list(FAR)]


def test_a20_holes_go_out_as_runs_and_their_box_is_that_of_the_pixels() -> None:
    found = row(Polygon(((SQUARE, HOLE),)))
    assert isinstance(found["segmentation"]["counts"], str)
    assert (found["area"], found["bbox"]) == (91, [10, 10, 10, 10])


def test_a20_holes_go_out_as_keyholes_where_asked() -> None:
    document = written(record(one(Polygon(((SQUARE, HOLE), (FAR,))))), holes="keyhole")
    assert len(document["annotations"][0]["segmentation"]) == 2
    plain = rle.decode(raster.polygon(((SQUARE, HOLE), (FAR,)), HEIGHT, WIDTH), HEIGHT, WIDTH)
    assert (pixels(document) == plain).all()


def test_a_box_has_no_segmentation() -> None:
    found = row(Box(1, 2, 3.5, 4))
    assert (found["segmentation"], found["area"], found["bbox"]) == ([], 14, [1, 2, 3.5, 4])


def test_a_crowd_goes_out_as_runs() -> None:
    found = written(record(one(Polygon(((SQUARE,),)), crowd=True)))["annotations"][0]
    assert found["iscrowd"] == 1
    assert found["segmentation"] == {
        "size": [HEIGHT, WIDTH],
        "counts": rle.write(raster.runs([SQUARE], HEIGHT, WIDTH)[0]),
    }


@pytest.mark.parametrize(
    ("shape", "ring"),
    [
        (RotatedBox(15, 15, 10, 4, 90), [17, 10, 17, 20, 13, 20, 13, 10]),
        (Cuboid((0, 0, 4, 0, 4, 4, 0, 4, 1, 1, 6, 1, 6, 5, 1, 5)), None),
    ],
)
def test_a17_turned_shapes_go_out_as_what_the_declaration_says(shape: Geometry, ring: list[float] | None) -> None:
    assert row(shape)["segmentation"] == ([ring] if ring else [])


def test_an_ellipse_goes_out_as_its_polygon() -> None:
    assert row(Ellipse(20, 20, 10, 5))["segmentation"] == [list(convert.parts(Ellipse(20, 20, 10, 5))[0][0])]


@pytest.mark.parametrize("ring", [(1.0, 2.0), (1.0, 2.0, 3.0, 4.0)])
def test_a_ring_of_fewer_than_three_points_is_not_taken_for_a_box(ring: tuple[float, ...]) -> None:
    found = row(Polygon(((ring,),)))
    assert len(found["segmentation"][0]) == 6
    assert found["area"] == 0


def test_joints_are_written_with_their_number_and_bounds() -> None:
    found = row(Keypoints((Keypoint(3, 4, 2), Keypoint(9, 9, 0), Keypoint(5, 8, 1))))
    assert found["keypoints"] == [3, 4, 2, 0, 0, 0, 5, 8, 1]
    assert (found["num_keypoints"], found["bbox"], found["area"]) == (2, [3, 4, 2, 4], 8)


def test_outline_and_joints_of_a_group_are_one_annotation() -> None:
    joints = one(Keypoints((Keypoint(11, 11, 2),)), 2, group="g")
    document = written(record(one(Polygon(((SQUARE,),)), 1, group="g"), joints))
    assert len(document["annotations"]) == 1
    found = document["annotations"][0]
    assert (found["id"], found["keypoints"], found["area"]) == (1, [11, 11, 2], 100)


@pytest.mark.parametrize("more", [{"class_": 2}, {"occluded": True}, {"answers": (Text("t", "x"),)}])
def test_joints_that_say_more_stay_by_themselves(more: dict[str, Any]) -> None:
    joints = one(Keypoints((Keypoint(11, 11, 2),)), 2, group="g", **more)
    assert len(written(record(one(Box(0, 0, 1, 1), 1, group="g"), joints))["annotations"]) == 2


def test_a12_categories_are_all_classes_with_their_numbers() -> None:
    assert written(record())["categories"] == [
        {"id": 1, "name": "cat", "supercategory": ""},
        {
            "id": 2,
            "name": "person",
            "supercategory": "animal",
            "keypoints": ["head", "foot"],
            "skeleton": [[1, 2]],
            "color": [255, 128, 0],
        },
    ]


def test_a13_category_ids_can_start_at_0() -> None:
    document = written(record(one(Box(0, 0, 1, 1), class_=2)), category_id_base=0)
    assert [category["id"] for category in document["categories"]] == [0, 1]
    assert document["annotations"][0]["category_id"] == 1


def test_a13_only_category_ids_are_shifted() -> None:
    answers = (Number("category_id", 5), Text("t", '\n{"id":1,"image_id":1,"category_id":7'))
    found = written(record(one(Box(0, 0, 1, 1), answers=answers)), category_id_base=0)["annotations"][0]
    assert (found["category_id"], found["attributes"]["category_id"]) == (0, 5)
    assert found["attributes"]["t"].endswith("7")


@pytest.mark.parametrize(
    ("labels", "state"),
    [
        ((), "unlabelled"),
        ((Label("l"),), "empty"),
        ((Label("l", skipped=True),), "unlabelled"),
        ((Label("l", annotations=(one(Box(0, 0, 1, 1)),)),), "labelled"),
    ],
)
def test_a34_the_three_states_are_told_apart(labels: tuple[Label, ...], state: str) -> None:
    given_record = msgspec.structs.replace(record(), labels=labels)
    assert [image["state"] for image in written(given_record)["images"]] == [state]


def test_a34_a_task_that_lost_its_annotations_to_the_format_is_not_empty() -> None:
    assert written(record(state="labelled"))["images"][0]["state"] == "labelled"


def test_a10_file_names_are_the_paths_of_the_delivery() -> None:
    assert written(record())["images"] == [
        {"id": 1, "file_name": "1.jpg", "width": WIDTH, "height": HEIGHT, "state": "empty"}
    ]


def test_answers_become_attributes_with_nested_ones_beside() -> None:
    answers: tuple[Answer, ...] = (
        Radio("kind", Option("dog", (Radio("breed", Option("pug")),))),
        Checklist("marks", (Option("ear", (Text("side", "left"),)), Option("tail"))),
        Text("note", "a"),
        Text("note", "b"),
        Number("age", 2.5),
        Boolean("tame", yes=True),
        Tree("place", (("house", "roof"),)),
        Ranking("best", ("x", "y")),
    )
    found = written(record(one(Box(0, 0, 1, 1), answers=answers)))["annotations"][0]["attributes"]
    assert found == {
        "kind": "dog",
        "kind/dog/breed": "pug",
        "marks": ["ear", "tail"],
        "marks/ear/side": "left",
        "note": "a",
        "note#2": "b",
        "age": 2.5,
        "tame": True,
        "place": [["house", "roof"]],
        "best": ["x", "y"],
    }


def test_what_else_is_known_of_an_object_is_written_where_it_is() -> None:
    more: dict[str, Any] = {"occluded": True, "truncated": False, "group": "g", "z_order": 2, "confidence": 0.5}
    found = written(record(one(Box(0, 0, 1, 1), **more, on=Target(series="s"))))["annotations"][0]
    assert {key: found[key] for key in ("occluded", "truncated", "group", "z_order", "score", "on")} == {
        "occluded": True,
        "truncated": False,
        "group": "g",
        "z_order": 2,
        "score": 0.5,
        "on": {"series": "s"},
    }
    assert not {"score", "occluded", "attributes"} & written(record(one(Box(0, 0, 1, 1))))["annotations"][0].keys()


@pytest.mark.parametrize("shape", [None, Point(1, 1)])
def test_what_is_not_carried_is_no_row(shape: Geometry | None) -> None:
    assert written(record(one(shape)))["annotations"] == []


def test_a24_an_invalid_mask_is_refused_with_its_reason() -> None:
    with pytest.raises(InvalidError, match="the runs add up to 5 pixels, not to 2 x 2 = 4"):
        row(Mask(2, 2, "5"))


def test_a24_an_invalid_mask_leaves_the_fragments_of_others_whole() -> None:
    assert FORMAT.fragment is not None
    good, bad = record(one(Box(0, 0, 1, 1))), record(one(Mask(2, 2, "5")))
    assert [fragment is None for fragment in FORMAT.fragment([good, bad])] == [False, True]


def test_a_class_without_number_is_looked_up_by_name() -> None:
    assert written(record(one(Box(0, 0, 1, 1), class_="person")))["annotations"][0]["category_id"] == 2  # type: ignore[arg-type]  # an import's


def test_a_class_that_is_not_there_is_refused() -> None:
    with pytest.raises(InvalidError, match="'dog' is no class"):
        written(record(one(Box(0, 0, 1, 1), class_="dog")))  # type: ignore[arg-type]  # an import's


def test_options_are_only_the_known_ones() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"holes": "none"}, Options)


def test_attributes_of_classes_are_written_and_read() -> None:
    classes = (LabelClass(1, "cat", attributes=(Attribute("kind", "radio", ("a", "b")),)),)
    given_record = record(one(Box(0, 0, 1, 1), answers=(Radio("kind", Option("a")),)))
    data = render(FORMAT, [given_record], Context(classes))["annotations.json"]
    assert FORMAT.decode is not None
    ontology, back = list(FORMAT.decode([Input("a.json", lambda: BytesIO(data))]))[:2]
    assert ontology.classes == classes  # type: ignore[union-attr]  # the first item is
    assert back.labels[0].annotations[0].answers == given_record.labels[0].annotations[0].answers  # type: ignore[union-attr]  # as is the second


def test_a_row_knows_the_number_of_its_task() -> None:
    given_record = video((0, Box(0, 0, 1, 1)))
    rows = [item for item in encode(given_record, context()) if isinstance(item, Row)]
    assert {(item.section, number(item.section, item.data)) for item in rows} == {("images", 1), ("annotations", 1)}
    assert number("images", b'{"id":7,"file_name":"x"}') == 7


def video(*keyframes: tuple[int, Geometry], annotations: tuple[Annotation, ...] = (), **more: Any) -> Record:
    made = tuple(Keyframe("t", frame, shape, occluded=frame == 0) for frame, shape in keyframes)
    label = Label("l", annotations=annotations, tracks=(Track("t", 5, 1),) if made else (), keyframes=made)
    asset = Asset("a", "video", width=WIDTH, height=HEIGHT, frames=4, fps=2.0, **more)
    return Record("r", "r", asset, 1, "clips/v.mp4", labels=(label,))


def test_a28_tracks_are_images_by_frame_that_say_which_track() -> None:
    document = written(video((0, Box(0, 0, 2, 2)), (2, Box(4, 0, 2, 2)), first_frame=10, frame_step=5))
    base = 2**52 + 2**20
    assert document["images"] == [
        {
            "id": base + frame,
            "file_name": f"clips/v/frame_{frame:06d}.jpg",
            "width": WIDTH,
            "height": HEIGHT,
            "state": "labelled",
            "video": "clips/v.mp4",
            "frame": frame,
            "source_frame": 10 + 5 * frame,
            "seconds": (10 + 5 * frame) / 2,
        }
        for frame in (0, 2)
    ]
    assert [(a["id"], a["image_id"], a["track_id"], a.get("occluded")) for a in document["annotations"]] == [
        (2**52 + 5 * 2**20, base, 5, True),
        (2**52 + 5 * 2**20 + 2, base + 2, 5, None),
    ]


def test_a29_all_frames_are_written_where_asked() -> None:
    moving = Context(CLASSES, frames="all")
    given_record = video((0, RotatedBox(5, 5, 4, 2, 0)), (2, RotatedBox(9, 5, 4, 2, 90)))
    document = json.loads(render(FORMAT, [given_record], moving)["annotations.json"])
    assert [image["frame"] for image in document["images"]] == [0, 1, 2, 3]
    assert [a.get("keyframe") for a in document["annotations"]] == [None, False, None, False]
    turned = convert.convert(RotatedBox(7, 5, 4, 2, 45), "polygon")
    assert isinstance(turned, Polygon)
    assert document["annotations"][1]["segmentation"] == [list(turned.parts[0][0])]
    assert FORMAT.count is not None
    assert FORMAT.count(given_record, moving) == {"images": 4, "annotations": 4}


def test_objects_on_frames_and_on_the_whole_video_are_kept_apart() -> None:
    framed = one(Box(0, 0, 1, 1), 8, on=Target(first_frame=2, last_frame=2))
    ranged = one(Box(0, 0, 1, 1), 9, on=Target(first_frame=1, last_frame=3))
    given_record = video((2, Box(0, 0, 1, 1)), annotations=(one(Box(0, 0, 1, 1), 7), framed, ranged))
    document = written(given_record)
    assert [image.get("frame") for image in document["images"]] == [None, 1, 2]
    assert [a["id"] for a in document["annotations"]] == [7, 9, 2**52 + 5 * 2**20 + 2, 8]
    assert [a.get("on") for a in document["annotations"]] == [None, {"first_frame": 1, "last_frame": 3}, None, None]
    assert FORMAT.count is not None
    assert FORMAT.count(given_record, context()) == {"images": 3, "annotations": 4}


def test_a_video_without_objects_is_one_image() -> None:
    assert [image["file_name"] for image in written(video())["images"]] == ["clips/v.mp4"]


def test_long_videos_are_written_in_runs() -> None:
    keyframes = [(frame, Box(0, 0, 1, 1)) for frame in range(1200)]
    rows = [item for item in encode(video(*keyframes), context()) if isinstance(item, Row)]
    sizes = [item.data.count(b",\n") + 1 for item in rows if item.section == "annotations"]
    assert sizes == [512, 512, 176]


@pytest.mark.parametrize(("frame", "task"), [(2**20, 1), (0, 2**32)])
def test_numbers_that_ids_have_no_room_for_are_refused(frame: int, task: int) -> None:
    given_record = msgspec.structs.replace(video((frame, Box(0, 0, 1, 1))), number=task)
    with pytest.raises(RequestError, match=re.escape(f"is past {2**20 - 1 if frame else 2**32 - 1}")):
        written(given_record)


def test_labels_with_tracks_or_classes_by_name_have_no_fragment() -> None:
    named = one(Box(0, 0, 1, 1), class_="cat")  # type: ignore[arg-type]  # an import's
    assert [stored(FORMAT, each) for each in (video((0, Box(0, 0, 1, 1))), record(named))] == [None, None]


def test_a_task_without_labels_is_spliced_too() -> None:
    assert FORMAT.splice is not None
    row_ = Stored(3, "t", "t", "t.jpg", None, None, None, "unlabelled", 0, b"")
    made = FORMAT.splice(row_, context())
    assert made is not None
    assert list(made) == [Row("images", b'{"id":3,"file_name":"t.jpg","state":"unlabelled"}')]


@pytest.mark.parametrize(
    "path",
    [
        "coco_val2017_10/instances_val2017_filtered.json",
        "coco_val2017_10/person_keypoints_val2017_filtered.json",
        "coco_panoptic_20/instances.json",
        "coco_panoptic_20/rle.json",
    ],
)
def test_real_documents_come_back_field_by_field(path: str) -> None:
    """A18, A20, A22, A23 on real files: the judge's mask of source and delivery is the same."""
    data = sample(path).read_bytes()
    assert FORMAT.decode is not None
    items = list(FORMAT.decode([Input(path, lambda: BytesIO(data))]))
    taken = [item for item in items if isinstance(item, Record)]
    numbers = {record.id: place for place, record in enumerate(taken, 1)}
    back = json.loads(
        render(FORMAT, [_numbered(each, numbers[each.id]) for each in taken], Context(items[0].classes))[  # type: ignore[union-attr]  # the ontology
            "annotations.json"
        ]
    )
    source = json.loads(data)
    by_id = {each["id"]: each for each in source["annotations"]}
    images = {numbers[str(each["id"])]: each for each in source["images"]}
    assert [(c["id"], c["name"], c["supercategory"], c.get("skeleton")) for c in back["categories"]] == [
        (c["id"], c["name"], c["supercategory"], c.get("skeleton"))
        for c in sorted(source["categories"], key=lambda c: c["id"])
    ]
    assert {(each["width"], each["height"], each["file_name"]) for each in back["images"]} == {
        (each["width"], each["height"], each["file_name"]) for each in images.values()
    }
    theirs, ours = judged(source), judged(back)
    assert len(back["annotations"]) == len(by_id)
    for found in back["annotations"]:
        origin = by_id[found["id"]]
        assert images[found["image_id"]]["id"] == origin["image_id"]
        assert (found["category_id"], found["iscrowd"]) == (origin["category_id"], origin["iscrowd"])
        assert found.get("keypoints", [0]) == origin.get("keypoints", [0]) or not any(origin["keypoints"])
        assert (ours.annToMask(found) == theirs.annToMask(origin)).all()
        assert found["area"] == theirs.annToMask(origin).sum()
        assert np.abs(np.subtract(found["bbox"], origin["bbox"])).max() <= 1.01


def _numbered(each: Record, number: int) -> Record:
    label = each.labels[0]
    annotations = tuple(
        msgspec.structs.replace(a, number=int(a.id) if a.id.isdigit() else 10**9 + i)
        for i, a in enumerate(label.annotations)
    )
    return msgspec.structs.replace(
        each, number=number, path=each.name, labels=(msgspec.structs.replace(label, annotations=annotations),)
    )
