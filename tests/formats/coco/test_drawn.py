"""Whatever is drawn, COCO documents hold it as it is counted, by the judgement of pycocotools."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pycocotools import mask as judge

from labelport.fidelity import Ledger, fit
from labelport.formats.coco import FORMAT
from labelport.kit.format import Context
from labelport.model.answers import Answer, Option, Radio, Text
from labelport.model.asset import Asset
from labelport.model.geometry import Box, Ellipse, Keypoint, Keypoints, Mask, Polygon, RotatedBox
from labelport.model.label import Annotation, Label
from labelport.model.ontology import Ontology
from labelport.model.record import Record
from labelport.shapes import frames, raster, rle
from labelport.testing.render import render, spliced
from labelport.testing.strategies import projects
from tests.coco import judged
from tests.formats.coco.build import HEIGHT, WIDTH, context, one, pixels, record, row, written

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # the judge's
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
