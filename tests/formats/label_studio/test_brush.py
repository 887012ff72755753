"""Brush masks are read as Label Studio packs them, whoever packed them."""

import base64
from collections.abc import Iterator
from io import BytesIO

import hypothesis.strategies as st
import label_studio_brush_rle_rs as judge
import numpy as np
import pytest
from hypothesis import given, settings
from numpy.typing import NDArray
from PIL import Image
from pycocotools import mask as coco

from labelport.formats.label_studio.brush import PackError, unpacked
from labelport.model.geometry import Mask
from tests.formats.label_studio.build import Outcome, read, result

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # pycocotools' own

Pixels = NDArray[np.uint8]
EDITOR = [3, 4, 8, 16]
"""The widths of counts that the editor and the converter write."""


def _pack(values: list[int], word: int, widths: list[int], blocks: list[tuple[bool, int]]) -> bytes:
    """Pack values as the published description says, in blocks (run or list, how many) of the caller's choice."""
    bits = f"{len(values):032b}{word - 1:05b}" + "".join(f"{width - 1:04b}" for width in widths)
    at = 0
    for is_run, count in blocks:
        chosen = next(i for i, width in enumerate(widths) if count <= 1 << width)
        written = values[at : at + 1] if is_run else values[at : at + count]
        bits += f"{int(is_run)}{chosen:02b}{count - 1:0{widths[chosen]}b}"
        bits += "".join(f"{value:0{word}b}" for value in written)
        at += count
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8)


def _rgba(alpha: Pixels, colour: int = 0) -> list[int]:
    pixels = np.full((alpha.size, 4), colour, np.uint8)
    pixels[:, 3] = alpha.ravel()
    return [int(value) for value in pixels.ravel()]


@st.composite
def _pictures(draw: st.DrawFn) -> Pixels:
    height, width = draw(st.integers(1, 9)), draw(st.integers(1, 9))
    levels = draw(st.lists(st.sampled_from([0, 0, 1, 128, 255]), min_size=height * width, max_size=height * width))
    return np.array(levels, np.uint8).reshape(height, width)


@st.composite
def _packed(draw: st.DrawFn) -> tuple[Pixels, bytes]:
    alpha = draw(_pictures())
    values = _rgba(alpha, draw(st.sampled_from([0, 7, 255])))
    widths = [*draw(st.lists(st.integers(1, 16), min_size=3, max_size=3)), draw(st.integers(9, 16))]
    return alpha, _pack(values, draw(st.integers(8, 12)), widths, list(_blocks(draw, values, 1 << max(widths))))


def _blocks(draw: st.DrawFn, values: list[int], most: int) -> Iterator[tuple[bool, int]]:
    at = 0
    while at < len(values):
        same = next((i for i in range(at, len(values)) if values[i] != values[at]), len(values)) - at
        is_run = draw(st.booleans())
        count = draw(st.integers(1, min(same if is_run else len(values) - at, most)))
        yield is_run, count
        at += count


def _decoded(mask: object) -> Pixels:
    assert isinstance(mask, Mask)
    found: Pixels = coco.decode({"size": [mask.height, mask.width], "counts": mask.counts.encode()})
    return found


def _brush(packed: bytes, width: int, height: int, kind: str = "brushlabels") -> Outcome:
    value = {"format": "rle", "rle": list(packed), "brushlabels": ["Car"]}
    return read(result(kind, value, original_width=width, original_height=height))


@given(_packed())
@settings(max_examples=60, deadline=None)
def test_any_choice_of_blocks_widths_and_words_gives_the_same_mask(case: tuple[Pixels, bytes]) -> None:
    alpha, packed = case
    assert np.array_equal(unpacked(packed, alpha.size), (alpha != 0).ravel())


@given(_pictures())
@settings(max_examples=30, deadline=None)
def test_masks_packed_by_the_outside_judge_come_back(alpha: Pixels) -> None:
    packed = judge.encode_rle(np.repeat(alpha.ravel(), 4), 8, EDITOR)
    assert np.array_equal(unpacked(bytes(packed), alpha.size), (alpha != 0).ravel())


def test_the_mask_is_coco_runs_of_the_same_pixels() -> None:
    alpha = np.zeros((5, 7), np.uint8)
    alpha[1:4, 2:6] = 255
    alpha[2, 3] = 0
    packed = bytes(judge.encode_rle(np.repeat(alpha.ravel(), 4), 8, EDITOR))
    outcome = _brush(packed, 7, 5)
    assert np.array_equal(_decoded(outcome.annotation.geometry), (alpha != 0).astype(np.uint8))
    assert outcome.annotation.class_ == "Car"


def test_a_large_mask_of_long_runs_comes_back() -> None:
    alpha = np.zeros((1200, 900), np.uint8)
    alpha[100:1100, 50:850] = 255
    packed = bytes(judge.encode_rle(np.repeat(alpha.ravel(), 4), 8, EDITOR))
    assert np.array_equal(_decoded(_brush(packed, 900, 1200).annotation.geometry), alpha // 255)


def test_a_magic_wand_is_a_brush() -> None:
    packed = _pack([0, 0, 0, 255], 8, EDITOR, [(False, 4)])
    assert _decoded(_brush(packed, 1, 1, "magicwand").annotation.geometry).tolist() == [[1]]


def test_only_alpha_makes_the_mask() -> None:
    packed = _pack([9, 9, 9, 0, 0, 0, 0, 9], 8, EDITOR, [(False, 8)])
    assert unpacked(packed, 2).tolist() == [False, True]


@pytest.mark.parametrize(
    ("packed", "reason"),
    [
        (_pack([0] * 8, 8, EDITOR, [(True, 8)]), "holds 8 values, and the picture has 4 x 1 = 4"),
        (_pack([0] * 4, 8, EDITOR, [(True, 8)]), "runs to value 8, and holds 4"),
        (_pack([0] * 4, 8, EDITOR, [(True, 4)])[:-1], "ends after 8 bytes, within a block"),
        (b"\x00", "ends after 1 bytes, within a block"),
    ],
    ids=["more pixels", "a run too long", "cut off", "no head"],
)
def test_a24_a_broken_brush_is_refused_and_says_why(packed: bytes, reason: str) -> None:
    with pytest.raises(PackError, match=reason):
        unpacked(packed, 1)


def test_a24_a_broken_brush_costs_its_region_alone() -> None:
    box = result("rectanglelabels", {"x": 0, "y": 0, "width": 1, "height": 1}, id="r2")
    brush = result("brushlabels", {"format": "rle", "rle": [0, 0, 0, 4, 57], "brushlabels": ["Car"]})
    outcome = read(brush, box)
    assert [it.id for it in outcome.label.annotations] == ["r2"]
    assert [it.path for it in outcome.faults] == ["$[0].annotations[0].result[0].value.rle"]


@pytest.mark.parametrize("rle", [[256], ["1"], [None], [1.5], "abc", []], ids=str)
def test_a_brush_of_anything_but_bytes_is_refused(rle: object) -> None:
    outcome = read(result("brushlabels", {"format": "rle", "rle": rle}))
    assert {it.path for it in outcome.faults} == {"$[0].annotations[0].result[0].value.rle"}


def test_a_picture_too_large_for_a_mask_is_refused_before_it_is_made() -> None:
    packed = _pack([], 8, EDITOR, [])
    with pytest.raises(PackError, match="can be taken at most"):
        unpacked(packed, 1 << 31)


def _png(picture: Image.Image) -> str:
    stream = BytesIO()
    picture.save(stream, "PNG")
    return "data:image/png;base64," + base64.b64encode(stream.getvalue()).decode()


@pytest.mark.parametrize(("kind", "key"), [("bitmask", "imageDataURL"), ("brushlabels", "maskDataURL")])
def test_a_bitmask_covers_what_is_not_clear(kind: str, key: str) -> None:
    picture = Image.new("RGBA", (3, 2), (0, 0, 0, 0))
    picture.putpixel((2, 1), (0, 0, 0, 255))
    outcome = read(result(kind, {key: _png(picture)}, original_width=3, original_height=2))
    assert _decoded(outcome.annotation.geometry).tolist() == [[0, 0, 0], [0, 0, 1]]


def test_a_bitmask_without_alpha_covers_what_is_bright() -> None:
    picture = Image.new("L", (2, 1))
    picture.putpixel((0, 0), 255)
    outcome = read(result("bitmask", {"imageDataURL": _png(picture)}, original_width=2, original_height=1))
    assert _decoded(outcome.annotation.geometry).tolist() == [[1, 0]]


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        (_png(Image.new("L", (9, 9))), "is a picture of 9 x 9, not of 200 x 100"),
        (_png(Image.new("L", (200, 100)))[:-40], "is a broken PNG picture"),
        ("data:image/png;base64,AAAA", "is not a PNG picture as a data URL"),
        ("https://example.org/mask.png", "is not a PNG picture as a data URL"),
    ],
    ids=["another size", "cut off", "no picture", "an address"],
)
def test_a_broken_bitmask_is_refused(url: str, reason: str) -> None:
    (fault,) = read(result("bitmask", {"imageDataURL": url})).faults
    assert fault.reason.startswith(reason)
