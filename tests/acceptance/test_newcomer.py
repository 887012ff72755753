"""What a newcomer does with the README's first command, judged by readers that are not ours."""

import csv
import json
import subprocess
import sys
import zipfile
from pathlib import Path, PurePosixPath

import pytest
from PIL import Image
from pycocotools import mask

from tests.coco import opened
from tests.colours import colour

LABELPORT = Path(sys.executable).parent / "labelport"


def labelport(*args: str, where: Path) -> str:
    """Run the command as one does."""
    found = subprocess.run([LABELPORT, *args], cwd=where, capture_output=True, text=True, check=True, encoding="utf-8")
    return found.stdout


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `labelport demo` makes in an empty folder."""
    folder = tmp_path_factory.mktemp("newcomer")
    said = labelport("demo", where=folder)
    assert said.count("as delivered") == 2
    return folder / "labelport-demo"


def _rows(delivery: Path) -> list[dict[str, str]]:
    with (delivery / "items.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_pycocotools_loads_the_delivery(harbour: Path) -> None:
    coco = opened(harbour / "delivery" / "coco" / "annotations.json")
    rows = _rows(harbour / "delivery")
    assert len(coco.getImgIds()) == len(rows) + 5
    assert sorted(one["name"] for one in coco.loadCats(coco.getCatIds()))[:3] == ["buoy", "container", "crane"]
    outlined = [one for one in coco.loadAnns(coco.getAnnIds()) if one["segmentation"]]
    assert all(mask.area(coco.annToRLE(one)) == pytest.approx(one["area"]) for one in outlined)


def test_a09_items_csv_ties_each_path_to_its_task_and_origin(harbour: Path) -> None:
    rows = _rows(harbour / "delivery")
    assert len({row["path"] for row in rows}) == len(rows)
    for row in rows:
        origin = Path(row["uri"].removeprefix("file://"))
        assert origin.is_file()
        assert origin.name == row["name"]


def test_a10_names_in_the_delivery_are_relative_and_are_those_of_items_csv(harbour: Path) -> None:
    coco = opened(harbour / "delivery" / "coco" / "annotations.json")
    named = {one["file_name"] for one in coco.loadImgs(coco.getImgIds()) if "frame" not in one}
    assert not [name for name in named if PurePosixPath(name).is_absolute() or ".." in name]
    assert named == {row["path"] for row in _rows(harbour / "delivery") if row["path"] != "ferry.gif"}


def test_a16_the_manifest_says_what_was_converted_and_what_was_dropped(harbour: Path) -> None:
    manifest = json.loads((harbour / "delivery" / "manifest.json").read_text(encoding="utf-8"))
    found = {(one["format"], one["what"], one["fate"]): one["count"] for one in manifest["losses"]}
    assert found["coco", "ellipse", "converted"] == 2
    assert found["coco", "polyline", "dropped"] == 3
    assert not [key for key in found if key[0] == "ndjson" and key[2] != "exact"]


def test_a19_counts_close_in_every_format(harbour: Path) -> None:
    manifest = json.loads((harbour / "delivery" / "manifest.json").read_text(encoding="utf-8"))
    for one in manifest["tallies"]:
        assert one["tasks_selected"] == one["tasks_written"] + one["tasks_skipped"] == 14
        assert one["annotations_selected"] == one["annotations_written"] + one["annotations_skipped"]


def test_a21_boxes_lie_on_the_picture_as_it_is_displayed(harbour: Path) -> None:
    coco = opened(harbour / "delivery" / "coco" / "annotations.json")
    (image,) = (one for one in coco.loadImgs(coco.getImgIds()) if one["file_name"] == "lighthouse.jpg")
    assert (image["width"], image["height"]) == (320, 480)
    (tower,) = coco.loadAnns(coco.getAnnIds(imgIds=[image["id"]]))
    x, y, width, height = tower["bbox"]
    with Image.open(harbour / "sample" / "media" / "lighthouse.jpg") as stored:
        shown = stored.transpose(Image.Transpose.ROTATE_270)
    red, green, _ = colour(shown, (int(x + width / 2), int(y + height * 0.45)))
    assert red > 2 * green


def test_a34_reviewed_and_empty_is_not_unlabelled(harbour: Path) -> None:
    states = {row["task"]: row["state"] for row in _rows(harbour / "delivery")}
    assert (states["fog"], states["arrival"], states["mast"]) == ("empty", "unlabelled", "labelled")


def test_csv_and_json_are_read_by_pythons_own_readers(harbour: Path) -> None:
    with (harbour / "delivery/csv_objects/annotations.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    lines = (harbour / "delivery/ndjson/data.ndjson").read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    held = sum(len(label.get("annotations", ())) for one in records for label in one.get("labels", ()))
    assert held == sum(bool(row["annotation"]) for row in rows) == 57


def test_a_zip_is_read_by_pythons_own_reader(harbour: Path) -> None:
    labelport("export", "groundtruth", "--format", "coco", "--to", "done.zip", where=harbour)
    with zipfile.ZipFile(harbour / "done.zip") as archive:
        assert archive.testzip() is None
        assert archive.namelist()[-1] == "manifest.json"
        assert len(json.loads(archive.read("annotations.json"))["images"]) == 13
