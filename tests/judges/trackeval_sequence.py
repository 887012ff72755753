"""Prints what TrackEval finds in a folder of sequences, and how it rates those of class 1 as what a tracker found.

Words: the benchmark (`mot` or `mots`), the folder. Of each sequence, for each frame: number, class and box (or area).
"""

import json
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import trackeval
from pycocotools import mask

folder = Path(sys.argv[2])
sequences = sorted(place.parent.parent.relative_to(folder).as_posix() for place in folder.rglob("gt/gt.txt"))
sort = {"mot": trackeval.datasets.MotChallenge2DBox, "mots": trackeval.datasets.MOTSChallenge}[sys.argv[1]]
with TemporaryDirectory() as trackers, redirect_stdout(StringIO()):
    rows = Path(trackers) / "itself" / "data"
    for name in sequences:
        (rows / name).parent.mkdir(parents=True, exist_ok=True)
        lines = (folder / name / "gt" / "gt.txt").read_text().splitlines(keepends=True)
        rated_ones = [line for line in lines if sys.argv[1] == "mots" or line.split(",")[7] == "1"]
        (rows / f"{name}.txt").write_text("".join(rated_ones))
    data = sort(
        {
            "GT_FOLDER": str(folder),
            "TRACKERS_FOLDER": trackers,
            "SKIP_SPLIT_FOL": True,
            "SEQ_INFO": dict.fromkeys(sequences),
            "PRINT_CONFIG": False,
        }
    )
    found = {}
    for name in sequences:
        raw = data.get_raw_seq_data("itself", name)
        seen = [
            [
                [int(number), int(class_), int(mask.area(one)) if isinstance(one, dict) else [float(at) for at in one]]
                for number, class_, one in zip(numbers, classes, shapes, strict=True)
            ]
            for numbers, classes, shapes in zip(raw["gt_ids"], raw["gt_classes"], raw["gt_dets"], strict=True)
        ]
        rated = data.get_preprocessed_seq_data(raw, "pedestrian")
        score = trackeval.metrics.HOTA().eval_sequence(rated)
        found[name] = {
            "frames": seen,
            "tracks": rated["num_gt_ids"],
            "hota": float(score["HOTA"].mean()),
            "mota": float(trackeval.metrics.CLEAR({"PRINT_CONFIG": False}).eval_sequence(rated)["MOTA"]),
        }
print(json.dumps(found))
