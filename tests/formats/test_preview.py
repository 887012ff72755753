"""The gallery: its pages read as JSON, what is drawn by Pillow, its markup by Python's own parser."""

import json
from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from html.parser import HTMLParser
from io import BytesIO
from typing import Any, BinaryIO

import pytest
from PIL import Image, ImageColor

from labelport.formats.preview.sheets import GAP, HEIGHT, TEXT, WIDTH
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
OPTIONS = {"per_page": 60, "side": 640, "pictures": "linked", "media": "", "sheets": "none"}


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
    return render(FORMAT, records, Context(tuple(classes), {**OPTIONS, **options}))


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


FRAMES = (Keyframe("t", 0, SQUARE), Keyframe("t", 2, outside=True))
CLIP = Record(
    "v",
    "v.gif",
    Asset("v", "video", "v.gif", width=16, height=12, frames=3, first_frame=1),
    1,
    "v.gif",
    labels=(Label("l", tracks=(Track("t", 1, 1),), keyframes=FRAMES),),
)


def looked_at(record: Record, medium: Callable[[], BinaryIO], **options: Any) -> dict[str, bytes]:
    return render(FORMAT, [record], Context(CLASSES, {**OPTIONS, **options}, frames="all", medium=medium))


def embedded(row: Mapping[str, Any]) -> Image.Image:
    head, _, data = row["media"].partition(",")
    assert head == "data:image/jpeg;base64"
    with Image.open(BytesIO(b64decode(data))) as found:
        return found.convert("RGB")


def stored(*colours: str, kind: str = "GIF") -> BytesIO:
    out = BytesIO()
    first, *rest = (Image.new("RGB", (16, 12), colour) for colour in colours)
    first.save(out, kind, **({"save_all": True, "append_images": rest} if rest else {}))
    return BytesIO(out.getvalue())


def is_near(picture: Image.Image, place: tuple[int, int], colour: str) -> bool:
    found = picture.getpixel(place)
    assert isinstance(found, tuple)
    return max(abs(a - b) for a, b in zip(found, ImageColor.getrgb(colour), strict=True)) < 8


def test_a45_a_frame_is_shown_with_its_picture() -> None:
    found = rows(looked_at(CLIP, lambda: stored("#ff0000", "#00ff00", "#0000ff", "#ffffff")))
    assert [(row["frame"], row["classes"]) for row in found] == [(0, {"1": 1}), (1, {"1": 1})]
    assert [
        is_near(embedded(row), (8, 6), colour) for row, colour in zip(found, ("#00ff00", "#0000ff"), strict=True)
    ] == [
        True,
        True,
    ]


def test_a_frame_that_cannot_be_decoded_says_so() -> None:
    (row, _) = rows(looked_at(CLIP, lambda: BytesIO(b"no film")))
    assert (row.get("media"), row["classes"]) == (None, {"1": 1})
    assert row["note"].startswith("the file cannot be read")


def test_a_frame_says_that_there_are_no_media() -> None:
    (row,) = rows(made(CLIP))
    assert (row["frame"], row.get("media"), row["note"]) == (0, None, "its media are not at hand")


def test_what_is_no_picture_says_so() -> None:
    (row,) = rows(made(Record("t", "t", Asset("t", "text", text="The tug."), 1, "t.txt")))
    assert (row.get("media"), row["note"]) == (None, "its asset is no picture: text")


def test_pictures_may_be_embedded() -> None:
    (row,) = rows(
        looked_at(picture(Annotation("a", 1, 1, SQUARE)), lambda: stored("#ff0000", kind="PNG"), pictures="embedded")
    )
    assert is_near(embedded(row), (0, 0), "#ff0000")


def test_a45_a_contact_sheet_shows_each_picture_with_what_is_drawn_over_it() -> None:
    files = looked_at(picture(Annotation("a", 1, 1, SQUARE)), lambda: stored("#ffffff", kind="PNG"), sheets="png")
    with Image.open(BytesIO(files["sheets/00000.png"])) as found:
        assert (found.format, found.mode) == ("PNG", "RGB")
        width, height = found.size
        inside = found.getpixel((width // 2, height - GAP - TEXT - HEIGHT // 2))
        outside = found.getpixel((width // 2, height - GAP - TEXT - HEIGHT + 4))
    assert outside == pytest.approx([255] * 3, abs=6)
    assert inside == pytest.approx([255 - 0.35 * (255 - shade) for shade in (0x1F, 0x77, 0xB4)], abs=6)


def test_there_is_a_contact_sheet_for_each_page() -> None:
    asset = Asset("i", "image", width=16, height=12)
    files = made(*(Record(f"t{i}", f"{i}", asset, i, f"{i}.jpg") for i in range(1, 6)), per_page=2, sheets="png")
    assert [path for path in files if path.startswith("sheets")] == [f"sheets/0000{n}.png" for n in range(3)]
    sizes = []
    for n in range(3):
        with Image.open(BytesIO(files[f"sheets/0000{n}.png"])) as found:
            sizes.append(found.width)
    assert sizes == [2 * WIDTH + 3 * GAP] * 2 + [WIDTH + 2 * GAP]


def test_a_page_without_pictures_has_no_sheet() -> None:
    assert "sheets/00000.png" not in made(sheets="png")


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
