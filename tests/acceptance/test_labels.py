"""What people said of tasks, taken in from Label Studio and delivered: whose label, which words, and when."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import labelport
from labelport.client.workspace import Project
from labelport.model.export import ExportRequest

Object = dict[str, Any]
ASTRAL = "Thumbs \U0001f44d up\r\nin 北京 and \U0001f1e9\U0001f1ea too"
TIME = re.compile(r'"(\d{4}-\d\d-\d\d[T ][^"]*)"')


def rectangle(id_: str, x: float, label: str = "car") -> Object:
    value = {"x": x, "y": 10, "width": 20, "height": 30, "rotation": 0, "rectanglelabels": [label]}
    size = {"original_width": 200, "original_height": 100, "image_rotation": 0}
    return {"id": id_, "type": "rectanglelabels", "from_name": "box", "to_name": "image", "value": value, **size}


def said(id_: int, by: int, *result: Object, **given: Any) -> Object:
    return {"id": id_, "completed_by": by, "result": list(result), **given}


def imported(folder: Path, *tasks: Object) -> Project:
    (folder / "tasks.json").write_text(json.dumps(tasks), encoding="utf-8")
    space = labelport.open(folder / "w")
    report = space.import_files("people", "label_studio", [str(folder / "tasks.json")])
    assert (report.records, report.rejected) == (len(tasks), ())
    return space.project("people")


def delivered(project: Project, to: Path, **asked: Any) -> Path:
    project.export(request=ExportRequest(**{"project": project.id, **asked}), to=str(to)).wait_till_done()
    return to


def lines(folder: Path, path: str = "data.ndjson") -> list[Object]:
    return [json.loads(line) for line in (folder / path).read_bytes().splitlines()]


@pytest.fixture
def shared(tmp_path: Path) -> Project:
    """A picture that three people labelled: the second one's label is the ground truth, the third one skipped."""
    answers = (
        said(1, 11, rectangle("a", 1), created_at="2025-05-01T10:00:00Z"),
        said(2, 12, rectangle("b", 2), rectangle("c", 3), created_at="2025-05-01T09:00:00Z", ground_truth=True),
        said(3, 13, created_at="2025-05-01T11:00:00Z", was_cancelled=True),
    )
    return imported(tmp_path, {"id": 5, "data": {"image": "/data/a.jpg"}, "annotations": list(answers)})


def test_a38_one_label_is_chosen_of_several_annotators_and_the_picture_is_there_once(
    shared: Project, tmp_path: Path
) -> None:
    out = delivered(shared, tmp_path / "d", formats=("ndjson", "coco", "csv_objects"))
    (line,) = lines(out / "ndjson")
    assert [(label["author"], len(label["annotations"])) for label in line["labels"]] == [("12", 2)]
    coco = json.loads((out / "coco/annotations.json").read_bytes())
    assert [image["file_name"] for image in coco["images"]] == ["a.jpg"]
    assert sorted(row["bbox"][0] for row in coco["annotations"]) == [4, 6]


def test_a38_every_annotators_label_is_delivered_where_asked_and_the_picture_is_there_once(
    shared: Project, tmp_path: Path
) -> None:
    out = delivered(shared, tmp_path / "d", formats=("ndjson", "coco"), labels="all")
    (line,) = lines(out / "ndjson")
    assert [label["author"] for label in line["labels"]] == ["11", "12", "13"]
    assert [label.get("final", True) for label in line["labels"]] == [False, True, False]
    coco = json.loads((out / "coco/annotations.json").read_bytes())
    assert len(coco["images"]) == 1
    assert Counter(row["id"] for row in coco["annotations"]).most_common(1)[0][1] == 1
    assert sorted(row["bbox"][0] for row in coco["annotations"]) == [2, 4, 6]


def spans(text: str) -> Iterator[tuple[str, int, int]]:
    for word in ("Thumbs", "\U0001f44d", "up", "北京", "\U0001f1e9\U0001f1ea", "too"):
        start = text.index(word)
        yield word, start, start + len(word)


@pytest.mark.parametrize("unit", ["code points", "utf-16"])
def test_a41_offsets_point_at_the_same_words_whatever_they_were_counted_in(tmp_path: Path, unit: str) -> None:
    def offset(at: int) -> int:
        return len(ASTRAL[:at].encode("utf-16-le")) // 2 if unit == "utf-16" else at

    result = [
        {
            "id": f"s{i}",
            "type": "labels",
            "from_name": "ner",
            "to_name": "text",
            "value": {"start": offset(start), "end": offset(end), "text": word, "labels": ["WORD"]},
        }
        for i, (word, start, end) in enumerate(spans(ASTRAL))
    ]
    project = imported(tmp_path, {"id": 1, "data": {"text": ASTRAL}, "annotations": [said(1, 1, *result)]})
    (line,) = lines(delivered(project, tmp_path / "d"))
    found = [item["geometry"] for item in line["labels"][0]["annotations"]]
    assert [(one["start"], one["end"]) for one in found] == [(start, end) for _, start, end in spans(ASTRAL)]
    assert [line["asset"]["text"][one["start"] : one["end"]] for one in found] == [word for word, *_ in spans(ASTRAL)]


def test_a49_every_time_of_a_delivery_is_utc_and_the_moment_of_its_source(tmp_path: Path) -> None:
    given = {"created_at": "2025-05-01T10:00:00+05:30", "updated_at": "2025-05-01T12:00:00.25-02:00"}
    task = {"id": 1, "data": {"image": "/a.jpg"}, "annotations": [said(1, 1, rectangle("a", 1), **given)], **given}
    out = delivered(imported(tmp_path, task), tmp_path / "d", formats=("ndjson", "json", "csv_objects", "coco"))
    (line,) = lines(out / "ndjson")
    for told in (line["labels"][0], line["workflow"]):
        assert told["created_at"] == "2025-05-01T04:30:00Z"
        assert told["updated_at"] == "2025-05-01T14:00:00.250000Z"
    seen = 0
    for file in sorted(path for path in out.rglob("*") if path.is_file()):
        for text in TIME.findall(file.read_text(encoding="utf-8")):
            assert text.endswith("Z"), f"{file.name}: {text}"
            assert datetime.fromisoformat(text).tzinfo == UTC
            seen += 1
    assert seen >= 10  # two times of the label and two of the task, in JSON and NDJSON; two of the receipt


def test_a49_a_date_with_an_offset_selects_by_its_moment(tmp_path: Path) -> None:
    tasks = [
        {"id": i, "data": {"image": f"/{i}.jpg"}, "annotations": [said(i, 1, rectangle("a", 1), created_at=at)]}
        for i, at in enumerate(("2025-05-01T23:30:00Z", "2025-05-02T00:30:00Z"), 1)
    ]
    project = imported(tmp_path, *tasks)
    for to, start, wanted in (("a", "2025-05-02", ["2"]), ("b", "2025-05-02T00:00:00+01:00", ["1", "2"])):
        job = project.export(filters={"label_created_at": [start, None]}, to=str(tmp_path / to))
        job.wait_till_done()
        assert [line["id"] for line in lines(tmp_path / to)] == wanted
