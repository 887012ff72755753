"""COCO stuff: read by pycocotools, each mask held to what it draws itself."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocotools import mask as judge

from labelport.kit.format import Context
from labelport.model.geometry import Box
from labelport.model.label import Annotation
from labelport.model.record import Record
from labelport.registry import format_named
from labelport.testing.cases import CLASSES
from labelport.testing.formats import FormatTests
from labelport.testing.render import render
from tests.coco import judged
from tests.formats.painter import Drawn, drawings
from tests.formats.test_png_masks import overlapping, picture

FORMAT = format_named("coco_stuff")
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def classes_of(drawn: Drawn) -> list[int]:
    return sorted(set(np.unique(drawn.classes()).tolist()) - {0})


class TestStuff(FormatTests):
    name = "coco_stuff"

    def read(self, files: Mapping[str, bytes]) -> int:
        return len(judged(json.loads(files["stuff.json"])).getAnnIds())

    def objects(self, given_: Sequence[Record]) -> int:
        seen = sum(len(classes_of(drawn)) for record in given_ for drawn in drawings(record))
        return seen + self._lost(given_, Context(()))

    def returned(self, given_: Sequence[Record]) -> tuple[int, int]:
        """Frames come back as pictures of their own."""
        return sum(sum(1 for _ in drawings(record)) for record in given_), self.objects(given_)


@settings(deadline=None, max_examples=10)
@given(overlapping(), st.sampled_from(("z_order", "class", "area")))
def test_each_class_has_one_mask_and_no_two_overlap(record: Record, order: str) -> None:
    data = render(FORMAT, [record], Context(CLASSES, {"order": order}))["stuff.json"]
    coco = judged(json.loads(data))
    (drawn,) = drawings(record, order)
    top = drawn.classes()
    rows = coco.loadAnns(coco.getAnnIds())
    assert [row["category_id"] for row in rows] == classes_of(drawn)
    for row in rows:
        wanted = top == row["category_id"]
        assert (coco.annToMask(row) == wanted).all()
        assert (row["area"], row["iscrowd"]) == (int(wanted.sum()), 0)
        assert row["bbox"] == judge.toBbox(row["segmentation"]).tolist()


def test_a14_a_mask_has_the_number_of_the_first_annotation_of_its_class() -> None:
    marks = [Annotation(f"a{i}", number, class_, Box(4 * i, 0, 3, 3)) for i, (number, class_) in enumerate(NUMBERED)]
    document: dict[str, Any] = json.loads(render(FORMAT, [picture(*marks)], Context(CLASSES, {}))["stuff.json"])
    assert [(row["id"], row["category_id"], row["area"]) for row in document["annotations"]] == [(5, 1, 18), (6, 7, 9)]


def test_a13_category_ids_count_from_0_or_1() -> None:
    record = picture(Annotation("a", 1, 7, Box(0, 0, 3, 3)))
    found = [
        json.loads(render(FORMAT, [record], Context(CLASSES, {"category_id_base": n}))["stuff.json"]) for n in (0, 1)
    ]
    assert [one["annotations"][0]["category_id"] for one in found] == [6, 7]
    assert [one["categories"][-1]["id"] for one in found] == [6, 7]


NUMBERED = ((9, 1), (6, 7), (5, 1))
