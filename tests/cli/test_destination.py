"""Where a delivery goes: a place that cannot be used is refused before anything is done; `last` fills a folder."""

import os
from pathlib import Path

import pytest

import labelport
from labelport.destinations.folder import Folder
from tests.cli.command import asked, complaint, run
from tests.spaces import files

WRONG = {
    "": "the destination has no name",
    "file": "is a file: a delivery is a new folder, or an archive",
    "file/out": "is no place for a delivery: Not a directory",
    "file.zip": "is there, and no delivery",
    "delivery": "holds a delivery, and a delivery is never changed",
    "sample": "is not empty: name another place",
    "folder.zip": "is a folder: a delivery is a new folder, or an archive",
    "nowhere": "is a link that leads nowhere",
    "x" * 300: "has a name of more than 255 bytes",
    "deep/" + "x" * 300 + "/out": "has a name of more than 255 bytes",
    "deep/" * 1000: "is no place for a delivery: File name too long",
    "/proc/delivery": "cannot be made, for nothing can be written to '/proc'",
    "taken": "another export is on its way to",
}


@pytest.fixture
def crowded(here: Path) -> Path:
    """The demo, with things in the way."""
    for name in ("file", "file.zip"):
        Path(name).write_text("in the way", encoding="utf-8")
    Path("folder.zip").mkdir()
    Path("nowhere").symlink_to("gone")
    Folder(Path("taken")).claim("another")
    return here


@pytest.mark.parametrize(("to", "told"), WRONG.items(), ids=[told[:40] for told in WRONG.values()])
def test_a_place_that_cannot_be_used_is_refused_before_anything_is_done(crowded: Path, to: str, told: str) -> None:
    history, there = asked("exports"), sorted(crowded.iterdir())
    assert told in complaint("export", "--to", to, code=2)
    assert told in complaint("fold", "delivery", "delivery", "--to", to, code=2)
    assert (asked("exports"), sorted(crowded.iterdir())) == (history, there)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_to_is_refused(here: Path) -> None:
    Path("locked").mkdir(mode=0o500)
    assert "nothing can be written to" in complaint("export", "--to", "locked/out", code=2)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_in_a_place_that_may_not_be_written_to_takes_a_delivery(here: Path) -> None:
    Path("locked/out").mkdir(parents=True)
    Path("locked").chmod(0o500)
    run("export", "--to", "locked/out")
    run("verify", "locked/out")


def test_last_fills_a_folder_with_deliveries_that_fold(here: Path) -> None:
    given = ("export", "--format", "coco", "--since", "last", "--to", "nightly")
    assert asked(*given)["base"] is None
    labelport.open(".labelport").project("harbour").remove(["fog"])
    assert asked(*given)["base"] is not None
    assert asked(*given)["destination"] == str(here / "nightly" / "0003")
    run("fold", "nightly/0001", "nightly/0002", "nightly/0003", "--to", "now")
    run("export", "--format", "coco", "--to", "full")
    assert files("now") == files("full")


def test_last_into_a_folder_that_holds_one_delivery_says_what_to_do(here: Path) -> None:
    told = complaint("export", "--since", "last", "--to", "delivery", code=2)
    assert "name a new folder for them" in told
    run("verify", "delivery")
