"""`labelport demo`: the first thing that a newcomer sees."""

import json
from pathlib import Path

from PIL import Image

from labelport.app.sample.records import records
from labelport.model.check import faults
from labelport.model.geometry import kind
from tests.cli.command import asked, complaint, run

FLAT = {"box", "rotated_box", "polygon", "polygon_with_hole", "multi_polygon", "polyline", "point", "keypoints"}
FLAT |= {"ellipse", "mask", "cuboid"}


def test_the_sample_is_valid() -> None:
    assert [fault for record in records("tuesday") for fault in faults(record)] == []


def test_the_sample_holds_every_flat_kind() -> None:
    held = {kind(one.geometry) for record in records("monday") for label in record.labels for one in label.annotations}
    assert held == FLAT | {"text_span", "classification"}


def test_the_sample_holds_two_names_that_clash_and_three_states(demo: Path) -> None:
    rows = (demo / "delivery" / "items.csv").read_text(encoding="utf-8").splitlines()[1:]
    cells = [row.split(",") for row in rows]
    assert [(row[2], row[3]) for row in cells if row[2] == "quay.png"] == [
        ("quay.png", "quay.png"),
        ("quay.png", "quay~03.png"),
    ]
    assert {row[6] for row in cells} == {"labelled", "empty", "unlabelled"}


def test_the_sample_shows_several_stages_and_two_annotators() -> None:
    found = list(records("monday"))
    assert {one.workflow.stage for one in found} == {"label", "review", "done"}
    assert {label.author for one in found for label in one.labels} == {"ada", "ben"}


def test_the_lying_picture_is_known_by_its_displayed_size(here: Path) -> None:
    with Image.open(here / "sample" / "media" / "lighthouse.jpg") as stored:
        assert stored.size == (480, 320)
    line = next(
        line for line in (here / "delivery/ndjson/data.ndjson").read_text().splitlines() if '"lighthouse"' in line
    )
    asset = json.loads(line)["asset"]
    assert (asset["width"], asset["height"], asset["orientation"]) == (320, 480, 6)


def test_the_demo_verifies_both_deliveries(tmp_path: Path) -> None:
    said = asked("demo", str(tmp_path / "d"))
    assert [one["faults"] for one in said["verified"].values()] == [[], []]


def test_the_delta_holds_what_changed_and_nothing_else(demo: Path) -> None:
    lines = (demo / "delta" / "ndjson" / "data.ndjson").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["mast"]


def test_the_demo_says_what_to_try_next(tmp_path: Path) -> None:
    said = run("demo", str(tmp_path / "d")).stdout
    assert len(said.splitlines()) < 45
    assert "Try next" in said
    assert max(map(len, said.splitlines())) <= 120


def test_the_next_commands_work(here: Path) -> None:
    shown = run("demo", str(here)).stdout.partition("Try next")[2].splitlines()
    lines = [line.strip().partition("   ")[0] for line in shown if line.strip().startswith("labelport ")]
    assert len(lines) == 5
    for line in lines:
        run(*line.split()[1:])


def test_the_demo_refuses_a_folder_that_it_did_not_make(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep")
    assert "no demo made it" in complaint("demo", str(tmp_path), code=2)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_the_demo_begins_afresh_and_leaves_what_is_not_its_own(here: Path) -> None:
    (here / "mine.txt").write_text("keep")
    said = run("demo", str(here)).stdout
    assert said.startswith("beginning afresh: removed .labelport, sample, delivery, delta")
    assert (here / "mine.txt").exists()
