"""A broken file among sound ones is put aside and told; it never sinks the rest."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import labelport
from labelport.cli.main import main

COCO = {
    "images": [{"id": 1, "file_name": "a.png", "width": 9, "height": 9}],
    "categories": [{"id": 1, "name": "car"}],
    "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 1, 3, 3], "area": 9, "iscrowd": 0}],
}


NATIVE = {"id": "t", "name": "a.png", "asset": {"id": "a", "kind": "image"}}
CVAT = "<annotations><version>1.1</version><image id='0' name='a.png' width='9' height='9'/></annotations>"
SOUND = {
    "coco": ("good.json", json.dumps(COCO)),
    "json": ("good.json", json.dumps([NATIVE])),
    "label_studio": ("good.json", json.dumps([{"id": 1, "data": {"image": "a.png"}}])),
    "ndjson": ("good.ndjson", json.dumps(NATIVE)),
    "cvat_xml": ("good.xml", CVAT),
    "youtube_vis": ("good.json", json.dumps({"videos": [{"id": 1, "width": 9, "height": 9}]})),
}
BROKEN = {
    "a word": b"hello",
    "an object": b"{}",
    "not UTF-8": b'{"images": [], "\xe9": 1}',
    "arrays without end": b"[" * 100_000,
    "objects without end": b'{"a":' * 100_000,
    "elements without end": b"<annotations>" + b"<a>" * 100_000,
    "a zip": b"PK\x03\x04 and so on",
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("format_", SOUND)
def test_a24_a_broken_file_is_rejected_by_name_and_the_rest_goes_in(
    tmp_path: Path, format_: str, content: bytes
) -> None:
    name, text = SOUND[format_]
    good, bad = tmp_path / name, tmp_path / f"bad.{name.partition('.')[2]}"
    good.write_text(text, encoding="utf-8")
    bad.write_bytes(content)
    report, code = imported(tmp_path, format_, good, bad)
    assert report["records"] == 1
    assert {one["file"] for one in report["rejected"]} == {bad.name}
    assert code == 3


@pytest.mark.parametrize("format_", sorted(SOUND.keys() - {"ndjson"}))
def test_a24_an_empty_file_is_rejected_by_name(tmp_path: Path, format_: str) -> None:
    bad = tmp_path / f"bad.{SOUND[format_][0].partition('.')[2]}"
    bad.touch()
    report, code = imported(tmp_path, format_, bad)
    assert ([one["file"] for one in report["rejected"]], code) == ([bad.name], 3)


@pytest.mark.parametrize("format_", SOUND)
def test_a24_a_zip_is_rejected_and_says_that_it_must_be_unpacked(tmp_path: Path, format_: str) -> None:
    good, bad = tmp_path / SOUND[format_][0], tmp_path / "labels.zip"
    good.write_text(SOUND[format_][1], encoding="utf-8")
    bad.write_bytes(BROKEN["a zip"])
    report, code = imported(tmp_path, format_, good, bad)
    (reject,) = report["rejected"]
    assert (reject["file"], "unpack it" in reject["faults"][0]["reason"]) == ("labels.zip", True)
    assert (report["records"], code) == (1, 3)


@pytest.mark.parametrize("format_", SOUND)
def test_a24_a_file_of_another_kind_in_a_folder_is_named_and_no_fault(tmp_path: Path, format_: str) -> None:
    folder = tmp_path / "all"
    folder.mkdir()
    (folder / SOUND[format_][0]).write_text(SOUND[format_][1], encoding="utf-8")
    (folder / "notes.txt").write_text("hello", encoding="utf-8")
    report, code = imported(tmp_path, format_, folder)
    assert (report["unread"].get("file notes.txt"), report["rejected"], code) == (1, [], 0)


def imported(where: Path, format_: str, *paths: Path) -> tuple[Any, int]:
    """Run the import; return its report and exit code."""
    space = where / "w"
    space.mkdir()
    given = ("import", format_, *map(str, paths), "--project", "mixed", "--workspace", str(space), "--json")
    result = CliRunner().invoke(main, given)
    return json.loads(result.stdout), result.exit_code


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
