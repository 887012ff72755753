"""Has Datumaro write MOT of rows that are read beforehand: seconds for writing."""

import json
import sys
from collections import defaultdict
from pathlib import Path
from time import perf_counter

from datumaro.components.annotation import AnnotationType, Bbox, LabelCategories
from datumaro.components.dataset import Dataset
from datumaro.components.dataset_base import DatasetItem

given, out = Path(sys.argv[1]), sys.argv[2]
frames = defaultdict(list)
for line in given.read_text().splitlines():
    frame, track, x, y, width, height, _, class_, _ = map(float, line.split(","))
    attributes = {"track_id": int(track), "occluded": False}
    frames[int(frame)].append(Bbox(x - 1, y - 1, width, height, label=int(class_) - 1, attributes=attributes))
items = [DatasetItem(f"{frame:06d}", annotations=boxes) for frame, boxes in sorted(frames.items())]
names = LabelCategories.from_iterable((given.parent / "labels.txt").read_text().splitlines())
dataset = Dataset.from_iterable(items, categories={AnnotationType.label: names})
start = perf_counter()
dataset.export(out, "mot_seq_gt", save_media=False)
print(json.dumps({"write": perf_counter() - start, "frames": len(items)}))
