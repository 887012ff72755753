"""Reads COCO with labelformat and writes a file for each picture, as the kind asks: seconds for reading and writing."""

import json
import sys
from pathlib import Path
from time import perf_counter

from labelformat.formats import (
    COCOInstanceSegmentationInput,
    COCOObjectDetectionInput,
    PascalVOCObjectDetectionOutput,
    YOLOv8InstanceSegmentationOutput,
    YOLOv8ObjectDetectionOutput,
)

kind, source, out = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
start = perf_counter()
given = (COCOInstanceSegmentationInput if kind == "yolo_segment" else COCOObjectDetectionInput)(source)
read = perf_counter()
match kind:
    case "yolo":
        YOLOv8ObjectDetectionOutput(out / "data.yaml", "train").save(given)
    case "yolo_segment":
        YOLOv8InstanceSegmentationOutput(out / "data.yaml", "train").save(given)
    case _:
        PascalVOCObjectDetectionOutput(out).save(given)
print(json.dumps({"load": read - start, "write": perf_counter() - read}))
