"""Reads COCO with Datumaro and writes it again: seconds for reading and for writing."""

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from datumaro.components.dataset import Dataset

with TemporaryDirectory() as folder:
    place = Path(folder) / "annotations" / "instances_w1.json"
    place.parent.mkdir()
    (Path(folder) / "images").mkdir()
    place.symlink_to(Path(sys.argv[1]).absolute())
    start = perf_counter()
    dataset = Dataset.import_from(folder, "coco_instances")
    tasks = sum(1 for item in dataset if item.annotations is not None)
    read = perf_counter()
    if len(sys.argv) > 2:
        dataset.export(sys.argv[2], "coco_instances", save_media=False)
        print(json.dumps({"load": read - start, "write": perf_counter() - read, "tasks": tasks}))
    else:
        print(json.dumps({"load": read - start, "tasks": tasks}))
