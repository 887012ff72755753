"""Texts about pictures are COCO captions, and come back as the same texts."""

import json
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from labelport.fidelity import Ledger, fit
from labelport.formats.coco_captions import FORMAT, count
from labelport.kit.format import Context, Input
from labelport.model.answers import Option, Radio, Text
from labelport.model.asset import Asset
from labelport.model.geometry import Box
from labelport.model.label import Annotation, Label
from labelport.model.record import Record
from labelport.testing.formats import FormatTests
from labelport.testing.render import render
from tests.coco import judged
from tests.samples import sample

CAPTIONED = Annotation("n1", 1, answers=(Text("caption", "A cat."),))
NOTED = Annotation(
    "n2", 2, answers=(Text("caption", "A dog."), Text("note", "blurred\nand dark"), Radio("r", Option("a")))
)
MARKED = Annotation("n3", 3, 1, Box(0, 0, 1, 1), answers=(Text("caption", "no caption"),))


class TestCocoCaptions(FormatTests):
    name = "coco_captions"

    def read(self, files: Mapping[str, bytes]) -> int:
        found = judged(json.loads(files["captions.json"]))
        assert all(isinstance(one["caption"], str) for one in found.loadAnns(found.getAnnIds()))  # a text may be empty
        return len(found.getAnnIds())

    def objects(self, given_: Sequence[Record]) -> int:
        return sum(count(record, Context(()))["annotations"] for record in given_)

    def returned(self, given_: Sequence[Record]) -> tuple[int, int]:
        """Every text is one caption: an answer with several comes back as several."""
        return len(given_), self.objects(given_)


def record(*annotations: Annotation) -> Record:
    asset = Asset("a", "image", width=6, height=4)
    return Record("r", "a.jpg", asset, 9, "a.jpg", labels=(Label("l", annotations=annotations),))


def written(*annotations: Annotation, **options: Any) -> dict[str, Any]:
    context = Context((), options)
    found: dict[str, Any] = json.loads(render(FORMAT, [record(*annotations)], context)["captions.json"])
    return found


def test_texts_are_captions_with_ids_of_their_own() -> None:
    document = written(CAPTIONED, NOTED)
    assert document["images"] == [{"id": 9, "file_name": "a.jpg", "width": 6, "height": 4, "state": "labelled"}]
    assert document["annotations"] == [
        {"id": 1, "image_id": 9, "caption": "A cat."},
        {"id": 2, "image_id": 9, "caption": "A dog."},
        {"id": 2**52 + 2 * 2**20 + 1, "image_id": 9, "caption": "blurred\nand dark", "key": "note"},
    ]


def test_one_question_can_be_chosen() -> None:
    assert [one["caption"] for one in written(CAPTIONED, NOTED, key="note")["annotations"]] == ["blurred\nand dark"]


def test_objects_have_no_captions() -> None:
    assert written(MARKED)["annotations"] == []


def test_rows_are_as_many_as_counted() -> None:
    assert FORMAT.count is not None
    assert FORMAT.count(record(CAPTIONED, NOTED, MARKED), Context(())) == {"images": 1, "annotations": 3}


def test_a16_what_is_no_text_is_reported() -> None:
    ledger = Ledger()
    fit(record(NOTED, MARKED), FORMAT.carries, "convert", ledger)
    assert [(loss.what, loss.fate, loss.count) for loss in ledger.losses("f")] == [
        ("answers", "dropped", 1),
        ("box", "dropped", 1),
        ("classification", "exact", 1),
    ]


def test_the_judge_loads_them() -> None:
    assert len(judged(written(CAPTIONED, NOTED)).getAnnIds(imgIds=[9])) == 3


def test_real_captions_come_back_field_by_field() -> None:
    data = sample("coco_val2017_10/captions_val2017_filtered.json").read_bytes()
    assert FORMAT.decode is not None
    taken = [item for item in FORMAT.decode([Input("c.json", lambda: BytesIO(data))]) if isinstance(item, Record)]
    source = json.loads(data)
    expected = {(one["image_id"], one["caption"]) for one in source["annotations"]}
    assert {
        (int(each.id), answer.text)
        for each in taken
        for one in each.labels[0].annotations
        for answer in one.answers
        if isinstance(answer, Text) and answer.key == "caption"
    } == expected
    back = json.loads(render(FORMAT, [_numbered(each) for each in taken], Context(()))["captions.json"])
    assert {(one["image_id"], one["id"], one["caption"]) for one in back["annotations"]} == {
        (one["image_id"], one["id"], one["caption"]) for one in source["annotations"]
    }


def test_keys_of_captions_are_read() -> None:
    document = json.dumps(written(NOTED)).encode()
    assert FORMAT.decode is not None
    back = next(i for i in FORMAT.decode([Input("c.json", lambda: BytesIO(document))]) if isinstance(i, Record))
    texts = [answer for one in back.labels[0].annotations for answer in one.answers]
    assert texts == [Text("caption", "A dog."), Text("note", "blurred\nand dark")]


def _numbered(each: Record) -> Record:
    annotations = tuple(
        Annotation(one.id, int(one.id.partition(":")[2]), answers=one.answers) for one in each.labels[0].annotations
    )
    return Record(
        each.id, each.name, each.asset, int(each.id), each.name, labels=(Label("l", annotations=annotations),)
    )
