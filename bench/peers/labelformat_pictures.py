"""Reads COCO with labelformat and may write it as a kind: seconds for reading, for making its values, for writing."""

import json
import sys
from pathlib import Path
from time import perf_counter

from labelformat.formats import (
    COCOInstanceSegmentationInput,
    COCOInstanceSegmentationOutput,
    COCOObjectDetectionInput,
    PascalVOCObjectDetectionOutput,
    YOLOv8InstanceSegmentationOutput,
    YOLOv8ObjectDetectionOutput,
)

KINDS = {
    "coco": (COCOInstanceSegmentationInput, COCOInstanceSegmentationOutput),
    "yolo": (COCOObjectDetectionInput, lambda out: YOLOv8ObjectDetectionOutput(out / "data.yaml", "train")),
    "yolo_segment": (
        COCOInstanceSegmentationInput,
        lambda out: YOLOv8InstanceSegmentationOutput(out / "data.yaml", "train"),
    ),
    "voc": (COCOObjectDetectionInput, PascalVOCObjectDetectionOutput),
}

kind, source, *out = sys.argv[1:]
reader, writer = KINDS[kind]
start = perf_counter()
given = reader(Path(source))
read = perf_counter()
if out:
    writer(Path(out[0])).save(given)
    print(json.dumps({"load": read - start, "write": perf_counter() - read}))
else:
    tasks = sum(1 for _ in given.get_labels())
    print(json.dumps({"load": perf_counter() - start, "tasks": tasks}))
