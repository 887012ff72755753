"""Reads COCO with labelformat and writes it again: seconds for reading, for making its values, and for writing."""

import json
import sys
from pathlib import Path
from time import perf_counter

from labelformat.formats.coco import COCOInstanceSegmentationInput, COCOInstanceSegmentationOutput

start = perf_counter()
given = COCOInstanceSegmentationInput(sys.argv[1])
read = perf_counter()
if len(sys.argv) > 2:
    COCOInstanceSegmentationOutput(Path(sys.argv[2])).save(given)
    print(json.dumps({"load": read - start, "write": perf_counter() - read}))
else:
    tasks = sum(1 for _ in given.get_labels())
    print(json.dumps({"load": perf_counter() - start, "tasks": tasks}))
