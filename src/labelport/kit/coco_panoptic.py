"""Segments of COCO panoptic: masks from the PNG, whose pixels say R + 256 G + 65536 B, or their boxes without it.

Format: https://cocodataset.org/#format-data, section 4.
"""

from collections import Counter
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from labelport.errors import Fault
from labelport.kit.coco_classes import Categories
from labelport.kit.coco_document import SEGMENT, AnnotationRow, SegmentRow, fault
from labelport.kit.coco_objects import Size, box
from labelport.kit.format import BROKEN, Input
from labelport.model.geometry import Geometry, Mask
from labelport.model.label import Annotation
from labelport.shapes import rle

Ids = NDArray[np.int32]
Found = list[Annotation | tuple[Fault, ...]]


def segments(row: AnnotationRow, png: Input | None, classes: Categories, size: Size, unread: Counter[str]) -> Found:
    """Return each segment of a picture as an annotation, or what is wrong with it, with paths below the element."""
    pixels: Ids | None = None
    refusal: Fault | None = None
    if png is not None:
        pixels, refusal = _pixels(png, size)
    elif row.file_name is not None:
        unread["$.annotations[].file_name"] += 1
    found: Found = []
    for place, raw in enumerate(row.segments_info or ()):
        at = f".segments_info[{place}]"
        faults = [refusal] if refusal else []
        try:
            segment = SEGMENT.read(raw, unread)
        except BROKEN as e:
            found.append((fault(e, raw, at),))
            continue
        if segment.category_id not in classes:
            faults.append(Fault(f"{at}.category_id", f"no category {segment.category_id}"))
        shape = _shape(segment, pixels, at, faults)
        if pixels is not None:
            unread.update(f"{SEGMENT.place}.{key}" for key in ("bbox", "area") if getattr(segment, key) is not None)
        if faults:
            found.append(tuple(faults))
            continue
        extra = {"area": segment.area} if pixels is None and segment.area is not None else None
        name, number = f"{row.image_id}/{segment.id}", classes[segment.category_id].number
        found.append(Annotation(name, class_=number, geometry=shape, crowd=bool(segment.iscrowd), extra=extra))
    return found


def _shape(segment: SegmentRow, pixels: Ids | None, at: str, faults: list[Fault]) -> Geometry | None:
    if pixels is None:
        if segment.bbox is None:
            faults.append(Fault(f"{at}.bbox", "is missing, and so is the PNG"))
            return None
        return box(segment.bbox, f"{at}.bbox", faults)
    own = pixels == segment.id
    if not own.any():
        faults.append(Fault(f"{at}.id", f"no pixel of the PNG is {segment.id}"))
    height, width = own.shape
    return Mask(height, width, rle.write(rle.encode(own)))


def _pixels(png: Input, size: Size) -> tuple[Ids | None, Fault | None]:
    try:
        with Image.open(BytesIO(png.read())) as picture:
            rgb = np.asarray(picture.convert("RGB"), np.int32)
    except (UnidentifiedImageError, OSError) as e:
        return None, Fault(".file_name", f"{png.path!r} cannot be read: {e}")
    height, width = rgb.shape[:2]
    if size[0] not in (None, height) or size[1] not in (None, width):
        return None, Fault(".file_name", f"{png.path!r} is {height} x {width} for a picture of {size[0]} x {size[1]}")
    return rgb[..., 0] + 256 * rgb[..., 1] + 65536 * rgb[..., 2], None
