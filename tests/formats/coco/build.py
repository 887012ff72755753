"""Small records, and the COCO documents that are written of them."""

import json
from typing import Any

import numpy as np

from labelport.formats.coco import FORMAT
from labelport.kit.format import Context
from labelport.model.asset import Asset
from labelport.model.geometry import Geometry
from labelport.model.label import Annotation, ClassRef, Keyframe, Label, Track
from labelport.model.ontology import LabelClass, Skeleton
from labelport.model.record import Record
from labelport.testing.render import render
from tests.coco import judged

CLASSES = (LabelClass(1, "cat"), LabelClass(2, "person", "#ff8000", "animal", Skeleton(("head", "foot"), ((0, 1),))))
HEIGHT, WIDTH = 40, 60
SQUARE = (10.0, 10.0, 20.0, 10.0, 20.0, 20.0, 10.0, 20.0)
HOLE = (12.0, 12.0, 15.0, 12.0, 15.0, 15.0, 12.0, 15.0)
FAR = (30.0, 5.0, 50.5, 5.25, 40.0, 30.0)


def record(*annotations: Annotation, number: int = 1, **more: Any) -> Record:
    asset = Asset(f"a{number}", "image", width=WIDTH, height=HEIGHT)
    label = Label(f"l{number}", annotations=annotations)
    return Record(f"r{number}", f"r{number}", asset, number, f"{number}.jpg", labels=(label,), **more)


def one(shape: Geometry | None, number: int = 1, class_: ClassRef | None = 1, **more: Any) -> Annotation:
    return Annotation(f"n{number}", number, class_, shape, **more)


def context(**options: Any) -> Context:
    return Context(CLASSES, options)


def written(*records: Record, **options: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(render(FORMAT, records, context(**options))["annotations.json"])
    return found


def row(shape: Geometry, **options: Any) -> dict[str, Any]:
    found: dict[str, Any] = written(record(one(shape)), **options)["annotations"][0]
    return found


def pixels(document: dict[str, Any], place: int = 0) -> np.ndarray[Any, np.dtype[np.uint8]]:
    coco = judged(document)
    found: np.ndarray[Any, np.dtype[np.uint8]] = coco.annToMask(document["annotations"][place])
    return found


def video(*keyframes: tuple[int, Geometry], annotations: tuple[Annotation, ...] = (), **more: Any) -> Record:
    made = tuple(Keyframe("t", frame, shape, occluded=frame == 0) for frame, shape in keyframes)
    label = Label("l", annotations=annotations, tracks=(Track("t", 5, 1),) if made else (), keyframes=made)
    asset = Asset("a", "video", width=WIDTH, height=HEIGHT, frames=4, fps=2.0, **more)
    return Record("r", "r", asset, 1, "clips/v.mp4", labels=(label,))
