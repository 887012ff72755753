"""The gallery: its pages read as JSON, what is drawn by Pillow, its markup by Python's own parser."""

import json
from base64 import b64decode
from collections.abc import Mapping, Sequence
from html.parser import HTMLParser
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from labelport.kit.format import Context
from labelport.kit.scenes import scenes
from labelport.model.asset import Asset
from labelport.model.geometry import Box, Polygon
from labelport.model.label import Annotation, Keyframe, Label, Track
from labelport.model.ontology import LabelClass
from labelport.model.record import Record
from labelport.registry import format_named
from labelport.testing.cases import CLASSES
from labelport.testing.formats import FormatTests
from labelport.testing.render import render
from tests.formats.test_png_masks import picture

Files = Mapping[str, bytes]
FORMAT = format_named("preview")


def rows(files: Files) -> list[dict[str, Any]]:
    found = []
    for path in sorted(path for path in files if path.startswith("pages/")):
        text = files[path].decode()
        assert (text[:6], text[-4:]) == ("show([", "]);\n")
        found += json.loads(text[5:-3])
    return found


def drawn(row: Mapping[str, Any]) -> Image.Image:
    with Image.open(BytesIO(b64decode(row["overlay"]))) as found:
        assert (found.format, found.mode) == ("PNG", "RGBA")
        return found.copy()


class TestPreview(FormatTests):
    name = "preview"

    def read(self, files: Files) -> int:
        return sum(sum(row.get("classes", {}).values()) for row in rows(files))

    def objects(self, given_: Sequence[Record]) -> int:
        return sum(len(scene.marks) for record in given_ for scene in scenes(record, Context(())))


def made(*records: Record, classes: Sequence[LabelClass] = CLASSES, **options: Any) -> dict[str, bytes]:
    given = {"per_page": 60, "side": 640, "media": "", **options}
    return render(FORMAT, records, Context(tuple(classes), given))


SQUARE = Box(4.0, 3.0, 8.0, 6.0)


def test_what_is_drawn_lies_where_the_object_is_in_the_colour_of_its_class() -> None:
    (row,) = rows(made(picture(Annotation("a", 1, 1, SQUARE))))
    found = drawn(row)
    assert found.size == (16, 12)
    inside, outside = found.getpixel((8, 6)), found.getpixel((0, 0))
    assert isinstance(inside, tuple)
    assert max(abs(a - b) for a, b in zip(inside, (0x1F, 0x77, 0xB4, 89), strict=True)) <= 2
    assert outside == (0, 0, 0, 0)


def test_a_hole_is_seen_through() -> None:
    ring = (0.0, 0.0, 16.0, 0.0, 16.0, 12.0, 0.0, 12.0)
    hole = tuple(value / 2 + 3 for value in ring)
    (row,) = rows(made(picture(Annotation("a", 1, 1, Polygon(((ring, hole),))))))
    assert drawn(row).getpixel((7, 6)) == (0, 0, 0, 0)


def test_a_large_picture_is_drawn_small() -> None:
    asset = Asset("i", "image", "https://place/a.jpg", width=4000, height=3000)
    label = Label("l", annotations=(Annotation("a", 1, 1, Box(2000, 0, 2000, 3000)),))
    (row,) = rows(made(Record("t", "a", asset, 1, "a.jpg", labels=(label,)), side=40))
    found = drawn(row)
    assert (found.size, row["width"], row["height"]) == ((40, 30), 4000, 3000)
    alpha = found.getchannel("A")
    assert [alpha.getpixel((x, 15)) for x in (10, 30)] == [0, 89]


@pytest.mark.parametrize(
    ("media", "shown"), [("", "s3://a/b.jpg"), ("../media/", "../media/a.jpg"), ("https://x", "https://x/a.jpg")]
)
def test_a_picture_is_shown_from_where_it_is_or_from_a_folder(media: str, shown: str) -> None:
    asset = Asset("i", "image", "s3://a/b.jpg", width=16, height=12)
    (row,) = rows(made(Record("t", "a", asset, 1, "a.jpg"), media=media))
    assert row["media"] == shown


def test_pages_are_cut_and_hold_all() -> None:
    asset = Asset("i", "image", width=16, height=12)
    files = made(*(Record(f"t{i}", f"{i}", asset, i, f"{i}.jpg") for i in range(1, 6)), per_page=2)
    assert [path for path in files if path.startswith("pages")] == [f"pages/0000{n}.js" for n in range(3)]
    assert [row["task"] for row in rows(files)] == [1, 2, 3, 4, 5]


def test_frames_are_drawn_one_by_one_without_a_picture() -> None:
    frames = (Keyframe("t", 0, SQUARE), Keyframe("t", 2, outside=True))
    label = Label("l", tracks=(Track("t", 1, 1),), keyframes=frames)
    asset = Asset("v", "video", "v.mp4", width=16, height=12, frames=6)
    (row,) = rows(made(Record("v", "v.mp4", asset, 1, "v.mp4", labels=(label,))))
    assert (row["frame"], row.get("media"), row["classes"]) == (0, None, {"1": 1})


def test_a34_the_three_states_are_told_apart() -> None:
    bare = Record("t", "b", Asset("i", "image", width=16, height=12), 2, "b.jpg")
    found = rows(made(picture(), bare, picture(Annotation("a", 1, 1, SQUARE))))
    assert [row["state"] for row in found] == ["empty", "unlabelled", "labelled"]


class _Markup(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data.strip())


def test_a_name_that_is_markup_is_text() -> None:
    hostile = '</li><script>alert("x")</script>'
    plain, found = _Markup(), _Markup()
    plain.feed(made(picture(), classes=[LabelClass(1, "ship")])["index.html"].decode())
    found.feed(made(picture(), classes=[LabelClass(1, hostile)])["index.html"].decode())
    assert found.tags == plain.tags
    assert hostile in found.texts


def test_the_gallery_asks_nothing_of_a_server() -> None:
    text = made(picture())["index.html"].decode()
    assert "default-src 'none'" in text
    assert "http://" not in text
    assert "fetch(" not in text
    assert "innerHTML" not in text
