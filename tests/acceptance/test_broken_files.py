"""A broken file among sound ones is put aside and told; it never sinks the rest."""

import json
from pathlib import Path

import pytest

import labelport

COCO = {
    "images": [{"id": 1, "file_name": "a.png", "width": 9, "height": 9}],
    "categories": [{"id": 1, "name": "car"}],
    "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 1, 3, 3], "area": 9, "iscrowd": 0}],
}


@pytest.mark.parametrize(("format_", "end"), [("coco", ".json"), ("ndjson", ".ndjson")])
def test_a24_a_file_that_cannot_be_read_does_not_sink_the_others(tmp_path: Path, format_: str, end: str) -> None:
    good = {
        "coco": json.dumps(COCO),
        "ndjson": json.dumps({"id": "t", "name": "a.png", "asset": {"id": "a", "kind": "image"}}) + "\n",
    }[format_]
    (tmp_path / f"good{end}").write_text(good, encoding="utf-8")
    (tmp_path / f"half{end}").write_text(good[: len(good) // 2], encoding="utf-8")
    report = labelport.open(tmp_path / "w").import_files(
        "mixed", format_, [str(tmp_path / f"good{end}"), str(tmp_path / f"half{end}")]
    )
    assert report.records == 1
    assert [one.file for one in report.rejected] == [f"half{end}"]
    assert report.quarantine is not None
