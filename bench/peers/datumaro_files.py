"""Reads COCO with Datumaro and writes a file for each picture, as the kind asks: seconds for reading and writing."""

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from datumaro.components.dataset import Dataset

kind, source, out = sys.argv[1:4]
with TemporaryDirectory() as folder:
    place = Path(folder) / "annotations" / "instances_train.json"
    place.parent.mkdir()
    (Path(folder) / "images").mkdir()
    place.symlink_to(Path(source).absolute())
    start = perf_counter()
    dataset = Dataset.import_from(folder, "coco_instances")
    tasks = sum(1 for item in dataset if item.annotations is not None)
    read = perf_counter()
    dataset.export(out, kind, save_media=False)
    took = perf_counter() - read
print(json.dumps({"load": read - start, "write": took, "tasks": tasks}))
