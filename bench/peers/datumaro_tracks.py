"""Has Datumaro write CVAT XML of COCO's pictures, or MOT of rows that are read beforehand: seconds for writing."""

import json
import sys
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from datumaro.components.annotation import AnnotationType, Bbox, LabelCategories
from datumaro.components.dataset import Dataset
from datumaro.components.dataset_base import DatasetItem


def pictures(given: Path) -> Dataset:
    with TemporaryDirectory() as folder:
        place = Path(folder) / "annotations" / "instances_w1.json"
        place.parent.mkdir()
        (Path(folder) / "images").mkdir()
        place.symlink_to(given.absolute())
        found = Dataset.import_from(folder, "coco_instances")
        found.init_cache()
        return found


def rows(given: Path) -> Dataset:
    frames = defaultdict(list)
    for line in given.read_text().splitlines():
        frame, track, x, y, width, height, _, class_, _ = map(float, line.split(","))
        box = Bbox(
            x - 1, y - 1, width, height, label=int(class_) - 1, attributes={"track_id": int(track), "occluded": False}
        )
        frames[int(frame)].append(box)
    items = [DatasetItem(f"{frame:06d}", annotations=boxes) for frame, boxes in sorted(frames.items())]
    names = (given.parent / "labels.txt").read_text().splitlines()
    return Dataset.from_iterable(items, categories={AnnotationType.label: LabelCategories.from_iterable(names)})


kind, given, out = sys.argv[1:]
dataset = {"cvat": pictures, "mot_seq_gt": rows}[kind](Path(given))
tasks = len(dataset)
start = perf_counter()
dataset.export(out, kind, save_media=False)
print(json.dumps({"write": perf_counter() - start, "tasks": tasks}))
