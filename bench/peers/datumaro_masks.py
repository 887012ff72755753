"""Reads COCO with Datumaro and writes semantic masks as PNG (CamVid): seconds, and bytes of the masks."""

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
    dataset = Dataset.import_from(folder, "coco_instances")
    tasks = sum(1 for item in dataset if item.annotations is not None)
    start = perf_counter()
    dataset.transform("polygons_to_masks")
    dataset.transform("boxes_to_masks")
    dataset.export(sys.argv[2], "camvid", save_media=False)
    took = perf_counter() - start
masks = [path.stat().st_size for path in Path(sys.argv[2]).rglob("*.png")]
print(json.dumps({"write": took, "tasks": tasks, "masks": len(masks), "bytes": sum(masks)}))
