"""A Hugging Face folder: rows with one type a column, and a Croissant card that tells of the labelling.

`datasets` and `mlcroissant` judge both in environments of their own (`just campaign`).
"""

import hashlib
import json
from collections.abc import Mapping
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow.json
import pytest
from hypothesis import HealthCheck, given, settings
from PIL import Image

import labelport
from labelport.app.sample import project as sample
from labelport.fidelity import Ledger, fit
from labelport.formats import huggingface
from labelport.formats.huggingface.records import decode
from labelport.kit.count import annotations
from labelport.kit.format import Context, Counted, Input, Item, Reject, Unread
from labelport.model.asset import Asset
from labelport.model.export import ExportRequest, Selection, Split
from labelport.model.geometry import Box
from labelport.model.label import Annotation, Label, Source
from labelport.model.ontology import Ontology
from labelport.model.record import Record
from labelport.testing import golden
from labelport.testing.cases import CLASSES, pictures, words
from labelport.testing.formats import FormatTests
from labelport.testing.render import render
from labelport.testing.strategies import projects
from tests.judges import judge
from tests.spaces import Space, record

ROWS = "metadata.jsonl"
CARD = "croissant.json"
DATASETS = "datasets[vision]"


class TestHuggingFace(FormatTests):
    name = "huggingface"

    def read(self, files: Mapping[str, bytes]) -> int:
        if not files[ROWS]:
            return 0
        objects = pyarrow.json.read_json(BytesIO(files[ROWS])).column("objects").to_pylist()
        assert all(len({len(column) for column in one.values()}) == 1 for one in objects)
        return sum(len(one["id"]) for one in objects)


def rendered(*given_: Record, **options: Any) -> dict[str, bytes]:
    fitted = [fit(record, huggingface.CARRIES, "convert", Ledger()) for record in given_]
    return render(huggingface.FORMAT, fitted, Context(CLASSES, options))


def card(*given_: Record, **options: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(rendered(*given_, **options)[CARD])
    return found


def decoded(data: bytes) -> list[Item]:
    return list(decode([Input(ROWS, partial(BytesIO, data)), Input(CARD, BytesIO)]))


def said(*classes: int) -> Label:
    marks = tuple(Annotation(f"a{i}", i, one, Box(0, 0, 1, 1)) for i, one in enumerate(classes))
    return Label(f"l{len(classes)}", author=f"ann-{len(classes)}", annotations=marks)


@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(projects())
def test_tasks_come_back_with_all_that_has_a_column(project: tuple[Ontology, tuple[Record, ...]]) -> None:
    ontology, drawn = project
    given_ = [fit(record, huggingface.CARRIES, "convert", Ledger()) for record in drawn]
    data = render(huggingface.FORMAT, given_, Context(ontology.classes))[ROWS]
    back = [item for item in decoded(data) if isinstance(item, Record)]
    assert list(map(_told, back)) == list(map(_told, given_))


def _told(record: Record) -> tuple[object, ...]:
    """Return what has a column; an object has its label's source unless it says another."""
    asset = record.asset
    labels = [
        (label.id, label.author, label.source, [_plain(one, one.source or label.source) for one in label.annotations])
        for label in record.labels
    ]
    return record.id, record.name, record.number, record.path, asset.uri, asset.width, asset.height, asset.kind, labels


def _plain(one: Annotation, source: Source) -> Annotation:
    return Annotation(one.id, one.number, one.class_, one.geometry, one.answers, source=source)


def test_the_card_names_the_hash_of_the_rows() -> None:
    files = rendered(*pictures())
    (file,) = json.loads(files[CARD])["distribution"]
    assert file["sha256"] == hashlib.sha256(files[ROWS]).hexdigest()
    assert file["contentSize"] == f"{len(files[ROWS])} B"


def test_the_card_tells_of_people_platform_and_classes() -> None:
    found = card(*pictures())
    assert found["rai:annotatorDemographics"] == ["2 annotators, known by id; labels of each: ada 2, ben 1"]
    assert found["rai:dataAnnotationPlatform"] == ["Labelport"]
    assert found["rai:dataBiases"] == ['objects by class: ship 8, =cargo, "loose" 3, docker 1']
    assert (
        found["rai:annotationsPerItem"] == "1.00 labels for each of 3 tasks (tasks by number of labels: 0 1, 1 1, 2 1)"
    )


def test_a34_the_card_counts_the_three_states() -> None:
    assert card(*pictures())["rai:dataCollectionMissingData"] == "tasks by state: empty 1, labelled 1, unlabelled 1"


def test_agreement_is_that_of_the_classes() -> None:
    task = Record("t", "n", Asset("t", "image"), 1, labels=(said(1, 1, 7), said(1, 7)))
    assert card(task)["rai:dataAnnotationAnalysis"] == [
        "mean agreement 0.667 over 1 pairs of labels of one task (Jaccard index of their classes, counted)"
    ]
    alone = Record("t", "n", Asset("t", "image"), 1, labels=(said(1),))
    assert "not known" in card(alone)["rai:dataAnnotationAnalysis"][0]


def test_what_only_people_know_is_absent_unless_said() -> None:
    assert "license" not in card(*pictures())
    assert card(*pictures(), license="CC-BY-4.0", name="pier")["license"] == "CC-BY-4.0"


def with_media(folder: Path) -> Path:
    """Deliver five pictures of the sample, two of one name, with their media; return the folder."""
    sample.write_media(folder / "media")
    sample.write_tasks(folder / "tasks", "monday")
    space = labelport.open(folder / "workspace")
    space.import_files(sample.NAME, "ndjson", [str(folder / "tasks")], media=str(folder / "media"))
    names = ("harbour.png", "quay.png", "fog.png", "aerial.png")
    project = space.project(sample.NAME)
    chosen = ExportRequest(project.id, Selection(names=names), formats=("huggingface", "coco"), media="copies")
    project.export(request=chosen, to=str(folder / "hub")).wait_till_done()
    return folder / "hub" / "huggingface"


def test_a10_file_names_lead_from_the_rows_to_the_copies(tmp_path: Path) -> None:
    folder = with_media(tmp_path)
    rows = [json.loads(line) for line in (folder / ROWS).read_text().splitlines()]
    assert len({row["file_name"] for row in rows}) == 5
    for row in rows:
        with Image.open(folder / row["file_name"]) as picture:
            assert picture.size == (row["width"], row["height"])
    (fields,) = (found["field"] for found in json.loads((folder / CARD).read_text())["recordSet"])
    assert "tasks/file_name" in {field["@id"] for field in fields}


def test_without_media_rows_name_no_files() -> None:
    assert "file_name" not in json.loads(rendered(*pictures())[ROWS].splitlines()[0])


def test_each_part_of_a_split_has_its_card(tmp_path: Path) -> None:
    space = Space(tmp_path, workers=2)
    space.work.create_project("p").save([record(i) for i in range(12)])
    files = space.delivered("p", formats=("huggingface",), split=Split({"train": 0.5, "val": 0.5}))
    space.app.store.close()
    for part in ("train", "val"):
        (file,) = json.loads(files[f"{part}/{CARD}"])["distribution"]
        assert file["sha256"] == hashlib.sha256(files[f"{part}/{ROWS}"]).hexdigest()


def test_rows_of_somebody_else_are_read() -> None:
    row = {"file_name": "a.png", "objects": {"bbox": [[1, 2, 3, 4]], "categories": ["cat"]}, "caption": "x"}
    (found,) = (item for item in decoded(json.dumps(row).encode()) if isinstance(item, Record))
    (mark,) = found.labels[0].annotations
    assert (found.name, mark.class_, mark.geometry) == ("a.png", "cat", Box(1, 2, 3, 4))


@pytest.mark.parametrize("row", ['{"task":3}', '{"file_name":"a","objects":{"bbox":[[1,2]],"category":["x"]}}', "\\"])
def test_a24_a_broken_row_does_not_sink_the_others(row: str) -> None:
    found = decoded(row.encode() + b"\n" + rendered(*pictures())[ROWS])
    assert len([item for item in found if isinstance(item, Reject)]) == 1
    assert len([item for item in found if isinstance(item, Record)]) == 3
    assert not [item for item in found if isinstance(item, Unread)]
    assert any(isinstance(item, Counted) and item.records == 4 for item in found)


@pytest.mark.campaign
def test_datasets_reads_pictures_beside_their_rows(tmp_path: Path) -> None:
    folder = with_media(tmp_path)
    rows = [json.loads(line) for line in (folder / ROWS).read_text().splitlines()]
    found = judge(DATASETS, "datasets_rows.py", folder)
    assert found == [[row["task_number"], row["objects"]["bbox"], [row["width"], row["height"]]] for row in rows]


@pytest.mark.campaign
def test_datasets_and_mlcroissant_read_the_same(tmp_path: Path) -> None:
    given_ = (*pictures()[::-1], *words())
    golden.write(tmp_path, rendered(*given_))
    found = judge(DATASETS, "datasets_rows.py", tmp_path)
    assert judge("mlcroissant", "mlcroissant_rows.py", tmp_path / CARD) == [row[:2] for row in found]
    assert len(found) == len(given_)
    assert sum(len(boxes) for _, boxes, _ in found) == sum(map(annotations, given_))
