"""Objects over pictures, and pictures side by side."""

import pytest
from PIL import Image

from labelport.kit.overlay import contact_sheet, shrunk, style
from labelport.testing.cases import CLASSES


@pytest.mark.parametrize(
    ("size", "side", "expected"), [((30, 40), 100, (30, 40)), ((300, 400), 100, (75, 100)), ((1, 4000), 40, (1, 40))]
)
def test_the_longer_side_is_at_most_as_long_as_asked(
    size: tuple[int, int], side: int, expected: tuple[int, int]
) -> None:
    assert shrunk(size, side) == expected


def test_a_style_has_a_colour_for_each_class_and_the_edges_of_its_skeleton() -> None:
    look = style(CLASSES)
    assert look.colours[1] == "#1f77b4"
    assert (set(look.colours), look.edges) == ({1, 2, 7}, {2: ((0, 1), (0, 2))})


def test_a_contact_sheet_has_a_cell_for_each_picture() -> None:
    pictures = [
        Image.new("RGB", size, colour)
        for size, colour in (((40, 20), "#ff0000"), ((10, 40), "#00ff00"), ((4, 4), "#0000ff"))
    ]
    sheet = contact_sheet(pictures, (20, 20), 2, gap=4)
    assert sheet.size == (44, 44)
    places = [(10, 10), (34, 10), (10, 34), (34, 34), (10, 1), (28, 10)]
    assert [sheet.getpixel(place) for place in places] == [
        (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (255, 255, 255), (255, 255, 255)
    ]  # fmt: skip


def test_a_contact_sheet_of_nothing_is_a_line() -> None:
    assert contact_sheet([], (20, 20), 2).size == (44, 1)
