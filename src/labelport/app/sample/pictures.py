"""The scenes of the sample project, one function each."""

from itertools import product

import numpy as np
from PIL import Image, ImageDraw

from labelport.app.sample.scene import SEA, SKY, Scene, hull, ring
from labelport.model.answers import Boolean, Checklist, Number, Option, Radio, Text
from labelport.model.geometry import (
    Box,
    Cuboid,
    Ellipse,
    Keypoint,
    Keypoints,
    Mask,
    Point,
    Polygon,
    Polyline,
    RotatedBox,
)
from labelport.shapes import rings, rle

PAINTS = ("#e07a5f", "#3d8361", "#2a6f97", "#f2b134", "#b56576")
RED, DARK, WHITE, QUAY, STEEL = "#b23a48", "#22333b", "#f4f1ea", "#8a8f98", "#4a4e69"


def harbour() -> Scene:
    """Draw a tug that tows a cargo ship: boxes, polygons, nested answers, a relation."""
    scene = Scene("harbour")
    scene.draw(Box(0, 210, 480, 110), "#2f7391")
    scene.draw(Box(150, 120, 34, 70), WHITE)
    scene.draw(Box(156, 128, 22, 8), STEEL)
    containers = ("containers", Radio("reefer", Option("yes")))
    ship = scene.mark(
        "ship",
        ring(*hull(130, 190, 250, 48)),
        RED,
        answers=(
            Radio("vessel", Option("cargo", (Checklist("load", (Option(containers[0], (containers[1],)),)),))),
            Text("name", "Northern Star"),
            Number("length", 182.5),
        ),
    )
    for i in range(5):
        scene.mark("container", Box(192 + i * 34, 162, 32, 28), PAINTS[i], group="deck")
    rope = scene.mark("rope", Polyline(((108, 212, 120, 220, 138, 208),)), DARK)
    tug = scene.mark("ship", ring(*hull(40, 206, 70, 26)), STEEL, answers=(Radio("vessel", Option("tug")),))
    scene.draw(Box(60, 184, 26, 22), PAINTS[3])
    scene.link(tug, ship, "tows")
    scene.link(rope, ship, "fastened to")
    scene.say(Text("caption", "A tug tows a cargo ship out of the harbour."))
    return scene


def north_quay() -> Scene:
    """Draw stacked containers under a crane: boxes."""
    scene = Scene("quay-north")
    scene.draw(Box(0, 250, 480, 70), QUAY)
    for row, column in product(range(3), range(5)):
        if row + column < 5:
            place = Box(40 + column * 66, 214 - row * 38, 62, 36)
            scene.mark("container", place, PAINTS[(row + 2 * column) % 5], group=f"stack {column + 1}")
    jib = (380, 60, 396, 60, 396, 250, 384, 250, 384, 76, 230, 76, 230, 60)
    scene.mark("crane", ring(*jib), PAINTS[3], truncated=False)
    scene.mark("rope", Polyline(((250, 76, 250, 136),)), DARK)
    return scene


def south_quay() -> Scene:
    """Draw containers seen from a corner: cuboids."""
    scene = Scene("quay-south")
    scene.draw(Box(0, 190, 480, 130), QUAY)
    for i, (x, y) in enumerate(((50, 150), (180, 170), (320, 160))):
        front = (x, y, x + 84, y + 6, x + 84, y + 78, x, y + 70)
        back = (x + 46, y - 26, x + 122, y - 20, x + 122, y + 40, x + 46, y + 34)
        scene.mark("container", Cuboid((*front, *back)), PAINTS[i], z_order=i)
    return scene


def aerial() -> Scene:
    """Draw ships and an island with a lagoon from above: rotated boxes, a polygon with a hole."""
    scene = Scene("aerial", SEA)
    shore = (70, 190, 110, 120, 180, 96, 250, 124, 268, 190, 230, 252, 150, 268, 90, 240)
    lagoon = (130, 186, 160, 150, 206, 160, 214, 200, 180, 226, 140, 216)
    scene.mark("island", Polygon(((shore, lagoon),)), "#7fb069")
    for cx, cy, angle in ((340, 80, 24), (390, 190, -58), (320, 270, 90)):
        scene.mark("ship", RotatedBox(cx, cy, 92, 24, angle), WHITE)
        scene.draw(RotatedBox(cx, cy, 50, 12, angle), PAINTS[2])
    return scene


def dockers() -> Scene:
    """Draw two people at work: skeletons, each in one group with a box."""
    scene = Scene("dockers")
    scene.draw(Box(0, 246, 480, 74), QUAY)
    for i, (x, hand) in enumerate(((150, -46), (300, 34))):
        joints = ((0, -128), (0, -106), (0, -58), (-40, -70), (46, -90 + hand), (-20, 0), (22, 0))
        points = tuple(Keypoint(x + a, 262 + b, 1 if i and k == 3 else 2) for k, (a, b) in enumerate(joints))
        scene.draw(Keypoints(points), DARK, 7)
        scene.draw(ring(x - 20, 156, x + 20, 156, x + 15, 210, x - 15, 210), PAINTS[i * 3])
        scene.draw(Ellipse(x, 134, 13, 15), "#e6b89c")
        scene.draw(Ellipse(x, 127, 15, 8), PAINTS[3 - i])
        scene.mark("docker", Keypoints(points), group=f"docker {i + 1}")
        scene.mark("docker", Box(x - 44, 112, 94, 152), group=f"docker {i + 1}")
    return scene


def buoys() -> Scene:
    """Draw buoys on the water: ellipses, points, a ring with a hole in it."""
    scene = Scene("buoys", SEA)
    for x, y, size in ((120, 130, 30), (240, 90, 20)):
        scene.draw(Polyline(((x, y - size * 2, x, y),)), DARK, 3)
        scene.mark("buoy", Ellipse(x, y, size, size * 0.7, 8), PAINTS[0])
        scene.mark("lamp", Point(x, y - size * 2), PAINTS[3])
    outer, inner = (rings.of_ellipse(Ellipse(350, 210, size, size * 0.8)) for size in (70, 36))
    scene.mark("lifebuoy", Polygon(((outer, inner),)), RED)
    return scene


def smoke() -> Scene:
    """Draw smoke over a funnel: a mask."""
    scene = Scene("smoke")
    cloud = Image.new("L", scene.size)
    for x, y, size in ((190, 150, 26), (214, 118, 34), (256, 92, 42), (316, 78, 50), (386, 78, 40)):
        ImageDraw.Draw(cloud).ellipse((x - size, y - size * 0.7, x + size, y + size * 0.7), fill=255)
    pixels = np.asarray(cloud) > 0
    scene.mark("smoke", Mask(scene.size[1], scene.size[0], rle.write(rle.encode(pixels))), "#9aa0a6", confidence=0.82)
    scene.draw(Box(0, 262, 480, 58), "#2f7391")
    scene.draw(ring(160, 168, 196, 168, 200, 226, 156, 226), DARK)
    scene.mark("ship", ring(*hull(70, 226, 300, 52)), STEEL, answers=(Radio("vessel", Option("ferry")),))
    return scene


def mast(*, moored: bool) -> Scene:
    """Draw a ship behind a pillar, one object in two parts; a rope of two lines."""
    scene = Scene("mast")
    scene.draw(Box(0, 230, 480, 90), "#2f7391")
    left = (60, 180, 228, 180, 228, 240, 84, 240)
    right = (258, 180, 430, 180, 404, 240, 258, 240)
    scene.mark("ship", Polygon(((left,), (right,))), RED, occluded=True, answers=(Boolean("moored", moored),))
    scene.draw(Box(228, 0, 30, 320), "#6b4f3a")
    scene.mark("rope", Polyline(((243, 40, 120, 180), (243, 40, 366, 180))), DARK)
    return scene


def night() -> Scene:
    """Draw lamps along the quay: points."""
    scene = Scene("night", ("#141a33", "#2c3560"))
    scene.draw(Box(0, 240, 480, 80), "#0e1226")
    for x in range(60, 480, 80):
        scene.draw(Polyline(((x, 150, x, 240),)), "#3a4068", 4)
        scene.draw(Ellipse(x, 150, 16, 16), "#5a5a4a")
        scene.mark("lamp", Point(x, 150), PAINTS[3])
    return scene


def lighthouse() -> Scene:
    """Draw a tower, upright: its file is stored lying, with an EXIF orientation."""
    scene = Scene("lighthouse", SKY, (320, 480))
    scene.draw(Box(0, 400, 320, 80), "#2f7391")
    scene.draw(ring(60, 410, 150, 360, 240, 380, 290, 410), "#6b705c")
    tower = (138, 150, 182, 150, 200, 380, 120, 380)
    scene.mark("lighthouse", ring(*tower), WHITE)
    scene.draw(ring(133, 220, 187, 220, 192, 280, 128, 280), RED)
    scene.draw(ring(126, 330, 196, 330, 200, 380, 120, 380), RED)
    scene.draw(ring(130, 150, 190, 150, 160, 110), DARK)
    scene.mark("lamp", Point(160, 138), PAINTS[3])
    return scene


def fog() -> Scene:
    """Draw fog, with nothing to mark in it."""
    scene = Scene("fog", ("#d5dadd", "#b9c3c9"))
    scene.draw(Box(0, 230, 480, 90), "#aeb9bf")
    return scene


def arrival() -> Scene:
    """Draw a ship that nobody has labelled."""
    scene = Scene("arrival")
    scene.draw(Box(0, 220, 480, 100), "#2f7391")
    scene.draw(Box(320, 142, 44, 60), WHITE)
    for i in range(3):
        scene.draw(Box(150 + i * 52, 168, 48, 34), PAINTS[4 - i])
    scene.draw(ring(*hull(110, 202, 290, 46)), PAINTS[2])
    return scene


CLIP = (240, 160)
FRAMES = 24


def ferry() -> list[Image.Image]:
    """Return the frames of a clip: a ferry passes behind a pillar and leaves."""
    found = []
    for frame in range(FRAMES):
        scene = Scene("ferry", SKY, CLIP)
        scene.draw(Box(0, 104, CLIP[0], 56), "#2f7391")
        x = frame * 13 - 40
        scene.draw(Box(x + 14, 72, 30, 18), WHITE)
        scene.draw(ring(*hull(x, 90, 72, 22)), RED)
        scene.draw(Box(112, 40, 16, 120), "#6b4f3a")
        found.append(scene.picture())
    return found


def ferry_at(frame: int) -> Box | None:
    """Return where the ferry is in a frame; None where it has left."""
    left, right = max(frame * 13 - 40, 0), min(frame * 13 + 32, CLIP[0])
    return Box(left, 72, right - left, 40) if left < right else None
