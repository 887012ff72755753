"""Pictures by class: a place for each picture in the folder of its class, and folders read back as classes."""

import csv
from collections.abc import Mapping
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import supervision as sv
from PIL import Image

from labelport.formats import imagenet
from labelport.kit.format import Context, Item, Lost, Reject
from labelport.model.asset import Asset
from labelport.model.label import Annotation, Label
from labelport.model.ontology import LabelClass, Ontology
from labelport.model.record import Record
from labelport.testing.render import encoded, render
from tests.formats.back import decoded
from tests.formats.framed import FramedFormatTests

CLASSES = (LabelClass(2, "cat"), LabelClass(5, "a/b"), LabelClass(9, "CAT", "#00ff00"))


class TestImagenet(FramedFormatTests):
    name = "imagenet"

    def read(self, files: Mapping[str, bytes]) -> int:
        return sum(bool(row["file"]) for row in rows(files))


def rows(files: Mapping[str, bytes]) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(files["images.csv"].decode(), newline="")))


def record(*classes: int | None, name: str = "a.jpg", number: int = 1) -> Record:
    marks = tuple(Annotation(f"{i}", i, class_) for i, class_ in enumerate(classes, 1))
    asset = Asset("a", "image", width=10, height=8)
    return Record("t", name, asset, number, name, labels=(Label("l", annotations=marks),))


def written(*records: Record, **context: Any) -> dict[str, bytes]:
    return render(imagenet.FORMAT, records, Context(CLASSES, **context))


def read(files: Mapping[str, bytes]) -> list[Item]:
    return decoded(imagenet.FORMAT, files)


def png(width: int = 4, height: int = 3) -> bytes:
    file = BytesIO()
    Image.new("RGB", (width, height)).save(file, "PNG")
    return file.getvalue()


def test_a_picture_has_a_place_in_the_folder_of_its_class() -> None:
    files = written(record(2), record(5, name="b.jpg", number=2), record(9, name="c.jpg", number=3))
    assert [row["file"] for row in rows(files)] == ["train/cat/a.jpg", "train/a%2Fb/b.jpg", "train/CAT~01/c.jpg"]


def test_a42_the_part_of_a_split_is_above_the_class() -> None:
    assert rows(written(record(2), parts=("train", "val"), part="val"))[0]["file"] == "val/cat/a.jpg"


def test_a12_classes_and_labels_come_back() -> None:
    found = read(written(record(2), record(9, name="c.jpg", number=2)))
    assert next(item for item in found if isinstance(item, Ontology)).classes == CLASSES
    records = [item for item in found if isinstance(item, Record)]
    assert [[one.class_ for one in item.labels[0].annotations] for item in records] == [["cat"], ["CAT"]]


def test_a34_three_states_come_back() -> None:
    unlabelled = Record("u", "u.jpg", Asset("u", "image", width=4, height=3), 3, "u.jpg")
    records = [item for item in read(written(record(), unlabelled)) if isinstance(item, Record)]
    assert [len(item.labels) for item in records] == [1, 0]


def test_a16_a_second_class_and_an_answer_without_one_are_told() -> None:
    lost = [one for one in encoded(imagenet.FORMAT, record(None, 2, 5), Context(CLASSES)) if isinstance(one, Lost)]
    assert [one.how for one in lost] == ["it has no class", "a picture is in one folder"]


def test_folders_are_read_as_classes() -> None:
    paths = ["train/dog/x.png", "val/cat/deep/y.png", "bird/z.PNG", "loose.png"]
    found = read({path: png() for path in paths})
    assert isinstance(found[0], Ontology)
    assert {one.name for one in found[0].classes} == {"dog", "cat", "bird"}
    records = {item.name: item for item in found if isinstance(item, Record)}
    assert {
        name: [one.class_ for label in item.labels for one in label.annotations] for name, item in records.items()
    } == {
        "train/dog/x.png": ["dog"],
        "val/cat/deep/y.png": ["cat"],
        "bird/z.PNG": ["bird"],
        "loose.png": [],
    }
    assert {(item.asset.width, item.asset.height) for item in records.values()} == {(4, 3)}


def test_a24_a_picture_that_cannot_be_read_is_put_aside() -> None:
    found = read({"dog/x.png": b"not a picture", "dog/y.png": png()})
    assert [item.file for item in found if isinstance(item, Reject)] == ["dog/x.png"]
    assert [item.name for item in found if isinstance(item, Record)] == ["dog/y.png"]


def test_supervision_reads_pictures_at_their_places(tmp_path: Path) -> None:
    files = written(record(2), record(5, name="b.jpg", number=2), record(2, name="c.jpg", number=3))
    for row in rows(files):
        place = tmp_path / row["file"]
        place.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (10, 8)).save(place)
    data = sv.ClassificationDataset.from_folder_structure(str(tmp_path / "train"))
    assert data.classes == ["a%2Fb", "cat"]
    assert sorted(data.classes[one.class_id[0]] for one in data.annotations.values()) == ["a%2Fb", "cat", "cat"]
