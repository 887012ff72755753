"""What people look at and train on as pictures: masks with a legend, galleries with overlays, read by Pillow."""

import json
import re
from base64 import b64decode
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from labelport.client.workspace import Project
from labelport.model.export import ExportRequest
from tests.acceptance.test_pictures import Object, imported, one, record, shape

LARGE = shape("box", x=2, y=2, width=30, height=20)
SMALL = shape("box", x=10, y=5, width=8, height=8)
OVERLAP, BESIDE, NOWHERE = (14, 9), (4, 4), (38, 28)
"""Points on both boxes, on the larger one, and on none."""


def delivered(project: Project, to: Path, format_: str, **options: str) -> Path:
    request = ExportRequest(project.id, formats=(format_,), options={format_: options} if options else {})
    project.export(request=request, to=str(to)).wait_till_done()
    return to


def legend(folder: Path) -> dict[int, str]:
    """Return the names of the classes by their numbers."""
    found: list[Object] = json.loads((folder / "legend.json").read_text())["classes"]
    return {row["class"]: row["name"] for row in found}


def last(drawn: list[Object], names: dict[int, str]) -> str:
    found: str = drawn[-1]["class"]
    return found


RULES: dict[str, Callable[[list[Object], dict[int, str]], str]] = {
    "z_order": last,
    "class": lambda _, names: names[max(names)],
    "area": lambda *_: "car",
}
"""The class that each rule puts on top, of a large road and a small car."""


@pytest.mark.parametrize("order", RULES)
@pytest.mark.parametrize("turn", [1, -1], ids=["the larger first", "the smaller first"])
def test_a43_a_picture_has_one_mask_a_legend_and_a_rule_of_what_lies_on_top(
    tmp_path: Path, order: str, turn: int
) -> None:
    drawn = [one("a", LARGE, "road"), one("b", SMALL, "car")][::turn]
    folder = delivered(imported(tmp_path, record(1, *drawn)), tmp_path / "d", "png_masks", order=order)
    names = legend(folder)
    assert [path.name for path in (folder / "masks").iterdir()] == ["1.png"]
    with Image.open(folder / "masks" / "1.png") as mask:
        values = np.asarray(mask)
    tops = [names.get(int(values[y, x])) for x, y in (OVERLAP, BESIDE, NOWHERE)]
    assert tops == [RULES[order](drawn, names), "road", None]


def test_a43_more_than_255_classes_take_16_bits(tmp_path: Path) -> None:
    marks = [one(f"m{i}", shape("box", x=i % 40, y=i // 40, width=1, height=1), f"class {i:03d}") for i in range(256)]
    folder = delivered(imported(tmp_path, record(1, *marks)), tmp_path / "d", "png_masks")
    names = legend(folder)
    with Image.open(folder / "masks" / "1.png") as mask:
        assert mask.mode == "I;16"
        assert names[256] == "class 255"
        assert mask.getpixel((255 % 40, 255 // 40)) == 256


def test_a45_a_gallery_shows_each_picture_with_its_objects_over_it(tmp_path: Path) -> None:
    project = imported(tmp_path, record(1, one("a", SMALL)), record(2, one("b", LARGE)))
    folder = delivered(project, tmp_path / "d", "preview")
    text = "".join(path.read_text(encoding="utf-8") for path in (folder / "pages").iterdir())
    rows = [json.loads(row) for row in re.findall(r"^(\{.*\}),?$", text, re.MULTILINE)]
    clear = {}
    for row in rows:
        with Image.open(BytesIO(b64decode(row["overlay"]))) as overlay:
            seen = overlay.convert("RGBA").resize((40, 30), Image.Resampling.NEAREST).getchannel("A")
            clear[row["name"]] = [seen.getpixel(at) == 0 for at in (OVERLAP, BESIDE, NOWHERE)]
    assert clear == {"1.png": [False, True, True], "2.png": [False, False, True]}
    assert (folder / "index.html").exists()
