"""The picture of the page on NIfTI: slices of a scan, and on them what comes back from a delivery of its labels."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nibabel
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from labelport.kit.palette import numbered
from labelport.local import workspace

SHAPE, SPACING = (96, 96, 40), (1.0, 1.0, 2.4)
MIDDLE = (48, 44, 20)
SHARE = 0.55
"""How much of a labelled pixel is its colour."""
Volume = NDArray[Any]


def slices() -> list[Image.Image]:
    """Return the three slices through the middle, each with the labels on it."""
    scan, labels = _body()
    with TemporaryDirectory() as place:
        folder = Path(place)
        affine = np.diag((*SPACING, 1.0))
        nibabel.save(nibabel.Nifti1Image(scan, affine), folder / "ct.nii.gz")
        nibabel.save(nibabel.Nifti1Image(labels, affine), folder / "ct_seg.nii.gz")
        space = workspace(folder / "space")
        space.import_files("body", "nifti", [str(folder)])
        space.project("body").export(format="nifti", to=str(folder / "out")).wait_till_done()
        back = np.asarray(nibabel.load(folder / "out" / "segmentations" / "ct" / "ct.nii.gz").dataobj)
    return [_slice(scan, back, axis) for axis in (2, 1, 0)]


def _body() -> tuple[Volume, Volume]:
    """Return a body of ellipsoids, and the labels of three of them."""
    scan = np.full(SHAPE, -800.0)
    labels = np.zeros(SHAPE, np.uint8)
    for centre, radii, grey, value in (
        ((48, 48, 20), (42, 34, 60), 30, 0),
        ((34, 42, 21), (17, 15, 12), 110, 1),
        ((40, 46, 20), (5, 5, 3), 60, 2),
        ((66, 50, 17), (9, 12, 9), 150, 3),
        ((48, 72, 20), (6, 6, 60), 420, 0),
    ):
        places = np.indices(SHAPE).reshape(3, -1).T
        inside = ((((places - centre) / radii) ** 2).sum(axis=1) <= 1).reshape(SHAPE)
        scan[inside] = grey
        if value:
            labels[inside] = value
    grain = np.sin(np.indices(SHAPE).sum(axis=0) * 1.7) * 14
    return (scan + grain).astype(np.int16), labels


def _slice(scan: Volume, labels: Volume, axis: int) -> Image.Image:
    """Return a slice as radiologists look at it: the left of the body on the right, its front or its head above."""
    grey = np.take(scan, MIDDLE[axis], axis).T
    marked = np.take(labels, MIDDLE[axis], axis).T
    grey, marked = (grey, marked) if axis == 2 else (grey[::-1], marked[::-1])
    shade = np.clip((grey + 160) / 400 * 255, 0, 255)
    shown = np.repeat(shade[..., None], 3, axis=2)
    for value in (1, 2, 3):
        inside = marked == value
        shown[inside] = shown[inside] * (1 - SHARE) + np.array(numbered(value)) * SHARE + 30
    sides = [side for i, side in enumerate(SPACING) if i != axis]
    height, width = marked.shape
    size = round(width * sides[0] * 2.4), round(height * sides[1] * 2.4)
    return Image.fromarray(np.clip(shown, 0, 255).astype(np.uint8)).resize(size, Image.Resampling.NEAREST)
