"""W2: one video, six tracks, a keyframe every 30 frames."""

import numpy as np

from drawn.draw import HEIGHT, PEOPLE, WIDTH, Draw, encode, geometry


def line(frames: int, objects: int = 6, step: int = 30) -> bytes:
    """Return the task as a line of native JSON."""
    draw = Draw(2, 0)
    ids = list(draw.ids(objects))
    at = np.arange(0, frames, step)
    states = []
    for track in ids:
        x = (np.cumsum(draw.random.normal(0, 4, len(at))) % 1000).round(2)
        y = (np.cumsum(draw.random.normal(0, 3, len(at))) % 550).round(2)
        width, height = (60 + 40 * np.sin(at / 900)).round(2), (50 + 30 * np.cos(at / 700)).round(2)
        rows = zip(at.tolist(), *(values.tolist() for values in (x, y, width, height)), strict=True)
        states += [{"track": track, "frame": row[0], "geometry": geometry("box", row[1:])} for row in rows]
    tracks = [{"id": track, "class": 1 + i} for i, track in enumerate(ids)]
    asset = {"id": "video", "kind": "video", "width": WIDTH, "height": HEIGHT, "frames": frames, "fps": 30.0}
    label = {"id": "label", "author": PEOPLE[0], "tracks": tracks, "keyframes": states}
    return encode({"id": "video", "name": "drive.mp4", "asset": asset, "labels": [label]}) + b"\n"
