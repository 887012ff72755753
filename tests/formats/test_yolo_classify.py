"""YOLO classification: a delivery with copies of the pictures is the data set itself."""

import csv
from collections.abc import Iterator, Mapping
from io import StringIO
from pathlib import Path

import msgspec
import pytest
import supervision as sv
from PIL import Image

from labelport.client.workspace import Project
from labelport.model.asset import Asset
from labelport.model.export import Split
from labelport.model.label import Annotation, Label
from labelport.model.record import Record
from labelport.store.reads import whole
from tests.formats.framed import FramedFormatTests
from tests.spaces import Space, files

SAID = ("cat", "dog", None, "cat")
"""The class of each picture."""


class TestYoloClassify(FramedFormatTests):
    name = "yolo_classify"

    def read(self, files: Mapping[str, bytes]) -> int:
        listed = csv.DictReader(StringIO(files["images.csv"].decode(), newline=""))
        return sum(bool(row["file"]) for row in listed)


@pytest.fixture
def space(tmp_path: Path) -> Iterator[Space]:
    made = Space(tmp_path / "space")
    yield made
    made.app.store.close()


@pytest.fixture
def project(space: Space, tmp_path: Path) -> Project:
    """Return a project with a picture for each class that was said, and one of which nothing was said."""
    (tmp_path / "media").mkdir()
    lines = [msgspec.json.encode(picture(tmp_path / "media", i, said)) for i, said in enumerate(SAID)]
    (tmp_path / "tasks.ndjson").write_bytes(b"\n".join(lines))
    space.work.import_files("pets", "ndjson", [str(tmp_path / "tasks.ndjson")], media=str(tmp_path / "media"))
    return space.work.project("pets")


def picture(folder: Path, i: int, said: str | None) -> Record:
    Image.new("RGB", (8, 6), "white").save(folder / f"{i}.png")
    marks = (Annotation(f"a{i}", class_=said),) if said else ()
    labels = (Label(f"l{i}", annotations=marks),)
    return Record(f"t{i}", f"{i}.png", Asset(f"asset-{i}", "image", f"{i}.png"), labels=labels)


def test_a46_supervision_reads_a_delivery_with_copies(space: Space, project: Project) -> None:
    made = space.export(space.request(project.id, formats=("yolo_classify",), media="copies"))
    data = sv.ClassificationDataset.from_folder_structure(str(Path(made.destination) / "train"))
    found = {Path(path).name: data.classes[one.class_id[0]] for path, one in data.annotations.items()}
    assert found == {"0.png": "cat", "1.png": "dog", "3.png": "cat"}


def test_a_picture_without_a_class_lies_beside(space: Space, project: Project) -> None:
    made = space.export(space.request(project.id, formats=("yolo_classify",), media="copies"))
    assert [path for path in files(made.destination) if path.endswith("2.png")] == ["media/2.png"]


def test_a42_parts_of_a_split_are_above_the_classes(space: Space, project: Project) -> None:
    split = Split({"train": 0.5, "val": 0.5})
    made = space.export(space.request(project.id, formats=("yolo_classify",), media="copies", split=split))
    listed = csv.DictReader(StringIO(files(made.destination)["images.csv"].decode(), newline=""))
    places = [row["file"] for row in listed if row["file"]]
    assert {place.split("/")[0] for place in places} <= {"train", "val"}
    assert set(places) <= set(files(made.destination))


def test_a_delta_brings_the_copy_of_a_picture_whose_class_changed(space: Space, project: Project) -> None:
    full = space.export(space.request(project.id, formats=("yolo_classify",), media="copies"))
    store = space.app.store
    (line,) = whole(store.db, store.project(project.id).log, [1])
    first = msgspec.json.decode(line, type=Record)
    changed = msgspec.structs.replace(first, labels=(Label("l0", annotations=(Annotation("a0", class_="dog"),)),))
    project.save([changed])
    delta = space.export(space.request(project.id, formats=("yolo_classify",), media="copies", since=full.cut))
    assert [path for path in files(delta.destination) if path.endswith(".png")] == ["train/dog/0.png"]
