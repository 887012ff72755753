"""Data sets as Ultralytics lays them out, on disk and with pictures, for readers that want both."""

import csv
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import StringIO
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

import supervision as sv
from PIL import Image


@contextmanager
def laid_out(files: Mapping[str, bytes]) -> Iterator[Path]:
    """Give a folder with the files and, where the list has them, white pictures of the right sizes."""
    with TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "images" / "train").mkdir(parents=True)
        (folder / "labels" / "train").mkdir(parents=True)
        for path, data in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)
        for row in csv.DictReader(StringIO(files["images.csv"].decode(), newline="")):
            picture = PurePosixPath(row["file"].replace("labels/", "images/", 1)).with_suffix(".png")
            (folder / picture).parent.mkdir(parents=True, exist_ok=True)
            if row["width"]:
                Image.new("L", (int(row["width"]), int(row["height"])), 255).save(folder / picture)
        yield folder


def lines(files: Mapping[str, bytes]) -> dict[str, list[list[str]]]:
    """Return the words of each line of each label file, by the picture's path without its extension."""
    labels = {path: data for path, data in files.items() if path.startswith("labels/train/")}
    return {
        path.removeprefix("labels/train/").removesuffix(".txt"): [line.split() for line in data.decode().splitlines()]
        for path, data in labels.items()
    }


def seen_by_supervision(files: Mapping[str, bytes], *, is_obb: bool = False) -> int:
    """Return how many objects supervision finds; it reads one folder at a time."""
    found = 0
    with laid_out(files) as folder:
        images = folder / "images" / "train"
        for place in [images, *(path for path in images.rglob("*") if path.is_dir())]:
            labels = folder / "labels" / "train" / place.relative_to(images)
            data = sv.DetectionDataset.from_yolo(str(place), str(labels), str(folder / "data.yaml"), is_obb=is_obb)
            found += sum(map(len, data.annotations.values()))
    return found
