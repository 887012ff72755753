"""W3: CT label volumes."""

import numpy as np
from numpy.typing import NDArray


def volume(k: int, depth: int = 120, side: int = 512) -> NDArray[np.uint8]:
    """Return a label volume (z, y, x): five wobbling ellipsoids."""
    r = np.random.default_rng([3, k])
    found = np.zeros((depth, side, side), np.uint8)
    y, x = np.mgrid[0:side, 0:side].astype(np.float32)
    for value in range(1, 6):
        cz, cy, cx = r.uniform(depth * 0.3, depth * 0.7), r.uniform(150, 360), r.uniform(150, 360)
        rz, ry, rx = r.uniform(18, 50), r.uniform(30, 85), r.uniform(30, 85)
        phase, height, waves = r.uniform(0, 6.28), r.uniform(0.05, 0.18), int(r.integers(3, 9))
        for z in range(max(0, int(cz - rz)), min(depth, int(cz + rz) + 1)):
            share = 1 - ((z - cz) / rz) ** 2
            if share > 0:
                dy, dx = (y - cy) / max(ry * share**0.5, 0.5), (x - cx) / max(rx * share**0.5, 0.5)
                limit = 1 + height * np.sin(waves * np.arctan2(dy, dx) + phase + z * 0.15)
                found[z][dy * dy + dx * dx <= limit * limit] = value
    return found
