"""KITTI: 15 columns, an empty file for nothing to mark, no file for what is not labelled."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelport.fidelity import Ledger, fit
from labelport.formats.kitti import FORMAT, encode
from labelport.kit import kitti
from labelport.kit.count import annotations
from labelport.kit.format import Context, File, Lost, Reject, Unread
from labelport.model.asset import Asset
from labelport.model.geometry import Box
from labelport.model.label import Annotation, Label
from labelport.model.ontology import LabelClass, Ontology
from labelport.model.record import Record, state_of
from labelport.testing import golden
from labelport.testing.cases import CASES
from labelport.testing.formats import FormatTests
from labelport.testing.render import render
from labelport.testing.strategies import records
from tests.formats.back import decoded
from tests.formats.near import near
from tests.judges import judge

CONTEXT = Context((LabelClass(1, "tug boat"), LabelClass(3, "tug_boat"), LabelClass(4, "buoy")))
IMAGE = Asset("i", "image", width=20, height=10)
PIER = Record("p", "pier", IMAGE, 9, "pier.jpg", labels=(Label("l"),))


class TestKitti(FormatTests):
    name = "kitti"

    def drawn(self, data: st.DataObject) -> tuple[list[Record], Context]:
        """There is a labelled picture at least: without one there is nothing to read."""
        given_, context = super().drawn(data)
        return [*given_, PIER], context

    def read(self, files: Mapping[str, bytes]) -> int:
        rows = [line.split() for data in files.values() for line in data.decode().split("\n") if line]
        assert all(len(row) == 15 and [float(cell) for cell in row[1:]] for row in rows)
        return len(rows)

    def returned(self, given_: Sequence[Record]) -> tuple[int, int]:
        """Only pictures that were looked at have files."""
        seen = [one for one in given_ if state_of(one) != "unlabelled" or annotations(one)]
        return sum(one.asset.kind != "video" for one in seen), sum(map(annotations, given_))


def record(*marks: Annotation, asset: Asset = IMAGE) -> Record:
    return Record("p", "pier", asset, 9, "pier.jpg", labels=(Label("l", annotations=marks),))


def test_no_two_classes_are_one_word() -> None:
    names = ("a_b_3", "a b", "a_b", "a_b_3_3")
    words = kitti.words(LabelClass(number, name) for number, name in enumerate(names, 1))
    assert len({words[number] for number in range(1, len(names) + 1)}) == len(names)


def rows(*marks: Annotation) -> list[str]:
    (file,) = [item for item in encode(record(*marks), CONTEXT) if isinstance(item, File)]
    return file.data.decode().splitlines()


def test_a_row_has_the_devkits_columns_and_its_figures_for_what_is_not_known() -> None:
    one = Annotation("a", 1, 4, Box(1, 2, 3.5, 4), occluded=True, truncated=False)
    assert rows(one) == ["buoy 0.00 1 -10 1.0 2.0 4.5 6.0 -1 -1 -1 -1000 -1000 -1000 -10"]
    assert rows(Annotation("a", 1, 4, Box(0, 0, 1, 1)))[0].startswith("buoy -1 3 -10 ")


def test_classes_are_one_word_each_and_never_the_same() -> None:
    assert [rows(Annotation("a", 1, number, Box(0, 0, 1, 1)))[0].split()[0] for number in (1, 3)] == [
        "tug_boat", "tug_boat_3",
    ]  # fmt: skip


def test_a34_an_empty_file_is_empty_and_no_file_not_labelled() -> None:
    assert rows() == []
    bare = Record("p", "pier", IMAGE, 9, "pier.jpg")
    assert list(encode(bare, CONTEXT)) == []
    (back,) = [item for item in decoded(FORMAT, {"label_2/pier.txt": b""}) if isinstance(item, Record)]
    assert (back.name, state_of(back)) == ("pier", "empty")


def test_a16_what_is_on_a_video_is_said_to_be_dropped() -> None:
    items = list(encode(record(Annotation("a", 1, 4, Box(0, 0, 1, 1)), asset=Asset("v", "video")), CONTEXT))
    assert items == [Lost("box", "dropped", "the task is a video")]


@settings(deadline=None, max_examples=20)
@given(st.data())
def test_what_is_written_is_read(data: st.DataObject) -> None:
    made = data.draw(records(Ontology(CONTEXT.classes), ("box",), 1).filter(lambda one: one.asset.kind == "image"))
    one = fit(made, FORMAT.carries, "convert", Ledger())
    wanted = [mark for label in one.labels for mark in label.annotations]
    items = decoded(FORMAT, render(FORMAT, [one, PIER], CONTEXT))
    found = [mark for item in items if isinstance(item, Record) for mark in item.labels[0].annotations]
    for mark, back in zip(wanted, found, strict=True):
        assert near(mark.geometry, back.geometry, 1e-5)
        assert (back.occluded, back.truncated) == (mark.occluded, mark.truncated)


@pytest.mark.parametrize(
    "row", ["Car 0 0 0 1 2 3", "Car 0 0 0 9 2 3 4 1 1 1 1 1 1 1", "Car 0 0 x 1 2 3 4 1 1 1 1 1 1 1"]
)
def test_a24_a_faulty_row_is_rejected_alone(row: str) -> None:
    good = "Car 0.5 2 1.5 1 2 3 4 1 1 1 1 1 1 1"
    items = decoded(FORMAT, {"training/label_2/000001.txt": f"{row}\n{good}\n".encode()})
    (reject,) = [item for item in items if isinstance(item, Reject)]
    assert ([fault.path for fault in reject.faults], reject.annotations) == (["1"], 1)
    (back,) = [item for item in items if isinstance(item, Record)]
    assert (back.name, back.labels[0].annotations) == (
        "000001", (Annotation("row-2", 0, "Car", Box(1, 2, 2, 2), occluded=True, truncated=True),),
    )  # fmt: skip


def test_what_is_told_of_space_is_told_as_not_read() -> None:
    items = decoded(FORMAT, {"a.txt": b"Car 0 0 1.5 1 2 3 4 1 1 1 1 1 1 1 0.9\n", "x.png": b""})
    unread = {(item.file, item.path): item.count for item in items if isinstance(item, Unread)}
    assert unread == {("a.txt", "space"): 1, ("a.txt", "score"): 1, ("x.png", "$"): 1}


@pytest.mark.campaign
def test_datumaro_reads_every_row(tmp_path: Path) -> None:
    golden.write(tmp_path, golden.made(FORMAT, CASES["pictures"](), {}))
    (tmp_path / "image_2").mkdir()
    items = judge("datumaro", "datumaro_items.py", "kitti3d", tmp_path)
    found = [(one["class"], one["points"], one["attributes"]["occluded"]) for one in items["0001"]]
    assert found[0] == ("ship", [1.5, 2.0, 31.75, 22.0], 3)
    assert (len(found), items["0002"]) == (12, [])
