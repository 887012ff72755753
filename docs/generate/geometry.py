"""The pictures of the page on geometry: which pixels are covered, and what shapes become, as our own code has it."""

from collections.abc import Iterator, Sequence

from docs.generate.png import png

from labelport.kit.canvas import Canvas
from labelport.kit.overlay import contact_sheet
from labelport.model.geometry import Box, Ellipse, Geometry, Keypoint, Keypoints, Point, Polygon, RotatedBox
from labelport.model.label import Keyframe, Label, Track
from labelport.shapes import frames, paint, rings, rle
from labelport.shapes.convert import convert

ZOOM = 24
"""Pixels of the drawing for one pixel of the picture."""
WIDTH, HEIGHT = 12, 9
GREY, BLUE, RED = "#c9ced6", "#3b7dd8", "#c8324b"
HOLED = Polygon(
    (
        (
            (1.25, 0.75, 10.75, 1.75, 9.75, 8.25, 2.25, 7.75),
            (4.25, 3.25, 4.25, 5.75, 7.75, 5.75, 7.75, 3.25),
        ),
    )
)
ISLAND = Polygon((*HOLED.parts, ((5.25, 3.75, 6.75, 3.75, 6.75, 5.25, 5.25, 5.25),)))
TURNED = RotatedBox(6.0, 4.5, 8.0, 3.0, 30.0)
ROUND = Ellipse(6.0, 4.5, 5.0, 2.5, 20.0)


def pictures() -> Iterator[tuple[str, bytes]]:
    """Yield each picture with its name."""
    yield "pixels", _sheet([_covered(Box(1, 1, 2, 1)), _covered(HOLED), _covered(ISLAND)])
    conversions = [
        _converted(HOLED, "box"),
        _converted(HOLED, "polygon"),
        _converted(TURNED, "polygon"),
        _converted(TURNED, "box"),
        _shown(Polygon(((rings.of_ellipse(ROUND, 1.0),),)), ROUND),
        _skeleton(),
    ]
    yield "conversions", _sheet(conversions)
    yield "frames", _sheet([_frame(number) for number in range(6)])


def _canvas() -> Canvas:
    """Return the grid of pixels, with their centres."""
    canvas = Canvas((WIDTH * ZOOM + 1, HEIGHT * ZOOM + 1), ("#ffffff", "#ffffff"), ZOOM)
    for x in range(WIDTH):
        for y in range(HEIGHT):
            canvas.stroke(Box(x, y, 1, 1), GREY, 1)
            canvas.stroke(Point(x + 0.5, y + 0.5), GREY, 1)
    return canvas


def _covered(shape: Geometry) -> Canvas:
    """Return a shape over the pixels that it covers."""
    canvas = _canvas()
    (runs,) = paint.covers([shape], HEIGHT, WIDTH)
    for y, row in enumerate(rle.decode(runs, HEIGHT, WIDTH).tolist()):
        for x, is_covered in enumerate(row):
            if is_covered:
                canvas.fill(Box(x, y, 1, 1), BLUE, 0.45)
    canvas.stroke(shape, RED, 3)
    return canvas


def _converted(shape: Geometry, how: str) -> Canvas:
    return _shown(convert(shape, how, HEIGHT, WIDTH), shape)


def _shown(made: Geometry, shape: Geometry) -> Canvas:
    """Return a shape over what it becomes."""
    canvas = _canvas()
    canvas.fill(made, BLUE, 0.35)
    canvas.stroke(made, BLUE, 6)
    canvas.stroke(shape, RED, 2)
    return canvas


def _skeleton() -> Canvas:
    """Return joints over the box around those that are labelled."""
    joints = Keypoints((Keypoint(3, 2, 2), Keypoint(9, 3, 1), Keypoint(6, 7, 2)))
    canvas = _canvas()
    canvas.stroke(convert(joints, "box"), BLUE, 6)
    canvas.stroke(joints, RED, 3, ((0, 1), (1, 2)))
    return canvas


def _frame(number: int) -> Canvas:
    """Return a frame of a track with key frames 0, 3 and 5, the last one outside."""
    keys = (Keyframe("t", 0, Box(1, 1, 2, 2)), Keyframe("t", 3, Box(7, 4, 4, 4)), Keyframe("t", 5, outside=True))
    label = Label("l", tracks=(Track("t", 1, 1),), keyframes=keys)
    canvas = _canvas()
    for state in frames.states(label, 6, "all"):
        if state.frame == number and state.keyframe.geometry is not None:
            canvas.fill(state.keyframe.geometry, BLUE, 0.35)
            canvas.stroke(state.keyframe.geometry, BLUE if state.made else RED, 4)
    return canvas


def _sheet(drawn: Sequence[Canvas]) -> bytes:
    cell = HEIGHT * ZOOM + 1, WIDTH * ZOOM + 1
    return png(contact_sheet([one.picture() for one in drawn], cell, 3, 12), 64)
