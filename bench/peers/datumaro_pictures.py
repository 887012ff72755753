"""Reads COCO with Datumaro and may write it as a kind: seconds for reading and for writing, bytes of masks."""

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from datumaro.components.dataset import Dataset

kind, source, *out = sys.argv[1:]
with TemporaryDirectory() as folder:
    place = Path(folder) / "annotations" / "instances_train.json"
    place.parent.mkdir()
    (Path(folder) / "images").mkdir()
    place.symlink_to(Path(source).absolute())
    start = perf_counter()
    dataset = Dataset.import_from(folder, "coco_instances")
    tasks = sum(1 for item in dataset if item.annotations is not None)
    read = perf_counter()
    found = {"load": read - start, "tasks": tasks}
    if out:
        if kind == "camvid":  # semantic masks, of every shape
            dataset.transform("polygons_to_masks")
            dataset.transform("boxes_to_masks")
        dataset.export(out[0], kind, save_media=False)
        found["write"] = perf_counter() - read
        found["bytes"] = sum(path.stat().st_size for path in Path(out[0]).rglob("*.png"))
print(json.dumps(found))
