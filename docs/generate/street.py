"""The picture of cuboids before a camera: the rows that our own code writes, drawn into the picture."""

from math import cos, pi, sin

from docs.generate.png import png

from labelport.formats.kitti_3d import calibration, placing
from labelport.kit.canvas import Canvas
from labelport.kit.kitti import Space
from labelport.model.geometry import Box, Cuboid, Cuboid3D, Polyline

WIDTH, HEIGHT = 484, 200
CALIBRATION = {
    "P2": [380.0, 0.0, 242.0, 0.0, 0.0, 380.0, 80.0, 0.0, 0.0, 0.0, 1.0, 0.0],
    "Tr_velo_to_cam": [0.0, -1.0, 0.0, 0.0, 0.0, 0.0, -1.0, -0.08, 1.0, 0.0, 0.0, -0.27],
}
STREET = (
    (Cuboid3D((18.0, -5.2, -0.9), (4.4, 1.8, 1.5), (0.0, 0.0, 0.0, 1.0)), "#3b7dd8"),
    (Cuboid3D((14.0, 4.5, -0.9), (4.2, 1.8, 1.6), (0.0, 0.0, sin(pi / 12), cos(pi / 12))), "#c8324b"),
    (Cuboid3D((9.0, -0.9, -0.8), (0.6, 0.6, 1.7), (0.0, 0.0, sin(pi / 4), cos(pi / 4))), "#2f9e62"),
)
"""Cuboids from the furthest to the nearest, each with its colour."""
GROUND = 1.6
"""How far below the scanner the street lies, in metres."""


def picture() -> bytes:
    """Return the PNG."""
    rig = calibration.rig(CALIBRATION)
    canvas = Canvas((WIDTH, HEIGHT), ("#eef3f7", "#c9ced6"))
    for left in (-3.5, 0.0, 3.5):
        ends = [placing.seen((left, GROUND, ahead), rig) for ahead in (5.0, 60.0)]
        canvas.stroke(Polyline((tuple(at for end in ends if end for at in end),)), "#ffffff", 2)
    for shape, colour in STREET:
        found = placing.space(shape, rig)
        canvas.fill(_cuboid(found, rig), colour, 0.55)
        canvas.stroke(_cuboid(found, rig), colour, 1.5)
        box = placing.sides(found, rig, (HEIGHT, WIDTH))
        assert box is not None
        left, top, right, bottom = box
        canvas.stroke(Box(left, top, right - left, bottom - top), "#33383f", 1)
    return png(canvas.picture(), 128)


def _cuboid(found: Space, rig: calibration.Rig) -> Cuboid:
    """Return the corners in the picture, those of the nearer end first."""
    ends = sorted(placing.ends(found), key=lambda end: sum(corner[2] for corner in end))
    flat: list[float] = []
    for end in ends:
        places = sorted((at for corner in end if (at := placing.seen(corner, rig))), key=lambda at: at[0])
        left, right = sorted(places[:2], key=lambda at: at[1]), sorted(places[2:], key=lambda at: at[1])
        flat += (*left[0], *right[0], *right[1], *left[1])
    return Cuboid(tuple(flat))
