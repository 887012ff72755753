"""A file that is no text, or a line that is none of its kind, is put aside with its place; nothing else goes with it."""

from collections.abc import Mapping

import pytest

from labelport.kit.format import Item, Reject
from labelport.model.record import Record
from labelport.registry import format_named
from labelport.testing.render import inputs

LATIN = "caf\u00e9".encode("latin-1")
DATA = b"names: [cafe]\n"
IMAGES = b"number,image,file,width,height,state,source,frame\r\n"
MASKS = b'{"kind":"binary","colour":"index","bits":8,"classes":[]}'
PICTURE = b'{"task":1,"path":"a.png","state":"empty"}\n'
VOLUMES = b'{"kind":"binary","classes":[]}'
ROW = b'{"task":1,"path":"a","name":"a","state":"unlabelled"}\n'
LISTS = "images.csv", {"images.csv": IMAGES + LATIN}
FILES: Mapping[str, tuple[str, str, dict[str, bytes], int]] = {
    "a label file of YOLO": (
        *("yolo", "labels/b.txt"),
        {"data.yaml": DATA, "labels/b.txt": LATIN, "images.csv": IMAGES + b"1,a.png,labels/a.txt,9,9,empty,,\r\n"},
        1,
    ),
    "the list of YOLO": ("yolo", LISTS[0], {"data.yaml": DATA, **LISTS[1]}, 0),
    "the list of VOC": ("voc", *LISTS, 0),
    "the list of LabelMe": ("labelme", LISTS[0], {**LISTS[1], "a.json": b'{"shapes":[]}'}, 1),
    "the list of folders": ("imagenet", *LISTS, 0),
    "a file of LabelMe": ("labelme", "b.json", {"a.json": b'{"shapes":[]}', "b.json": b'{"shapes":"' + LATIN}, 1),
    "a legend of masks": ("png_masks", "legend.json", {"legend.json": b'"' + LATIN, "pictures.ndjson": PICTURE}, 0),
    "a row of masks": ("png_masks", "pictures.ndjson", {"legend.json": MASKS, "pictures.ndjson": PICTURE + b"{"}, 1),
    "a row of volumes": ("nifti", "volumes.ndjson", {"legend.json": VOLUMES, "volumes.ndjson": b"{\n" + ROW}, 1),
    "a text in a row of volumes": (
        *("nifti", "volumes.ndjson"),
        {"legend.json": VOLUMES, "volumes.ndjson": ROW + b'{"name":"' + LATIN},
        1,
    ),
    "a task of RedBrick": (
        *("redbrick", "tasks.json"),
        {"tasks.json": b'[{"taskId":"a","series":[]},{"taskId":"' + LATIN + b'","series":[]}]'},
        1,
    ),
}


def read(name: str, files: Mapping[str, bytes]) -> list[Item]:
    decode = format_named(name).decode
    assert decode is not None
    return list(decode(inputs(files)))


@pytest.mark.parametrize("what", FILES)
def test_a24_what_cannot_be_read_is_put_aside_alone(what: str) -> None:
    name, path, files, others = FILES[what]
    found = read(name, files)
    assert [item.file for item in found if isinstance(item, Reject)] == [path]
    assert sum(isinstance(item, Record) for item in found) == others


@pytest.mark.parametrize("name", ["imagenet", "labelme", "voc"])
def test_a_list_of_classes_that_is_no_text_is_as_none(name: str) -> None:
    assert read(name, {"classes.csv": b"number,name,colour\r\n1," + LATIN}) == read(name, {})
