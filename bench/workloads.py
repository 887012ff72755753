"""Makes the workloads of the benchmarks, the same bytes each time, in the native format and as the peers read them.

    python bench/workloads.py w1 OUT --tasks 100000     images: boxes, polygons, masks, nested answers, history, stamps
    python bench/workloads.py w2 OUT --frames 200000    one video: six tracks, a keyframe every 30 frames
    python bench/workloads.py w3 OUT --volumes 40       CT label volumes, 512 x 512 x 120, five segments
    python bench/workloads.py w4 OUT --tasks 1000000    tiny tasks: one answer each
    python bench/workloads.py w5 OUT --tasks 5000       maps: ten outlines each, in degrees

Each is drawn by a module of `drawn`. `--peers` writes w1 as COCO too (`coco.json`; for those that know nothing else,
`coco_polygons.json`, where boxes and masks are their outlines, and `coco_boxes.json`, where all is boxes), and as Label
Studio's JSON (`label_studio.json`).
"""

import argparse
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

from drawn import maps, peers_read, pictures, tiny, video, volumes
from drawn.draw import CLASSES, encode

TASKS = {
    "w1": (pictures.lines, 100_000, 500),
    "w4": (tiny.lines, 1_000_000, 20_000),
    "w5": (maps.lines, 5000, 500),
}
"""What draws lines of tasks, how many there are, and how many are drawn at once, which the bytes hang on."""


def runs(count: int, size: int) -> list[tuple[int, int]]:
    return [(first, min(count, first + size)) for first in range(0, count, size)]


def write(out: Path, chunks: Iterable[bytes]) -> None:
    (out / "manifest.json").write_bytes(encode({"classes": CLASSES}))
    with (out / "data.ndjson").open("wb") as file:
        for chunk in chunks:
            file.write(chunk)


def write_tasks(what: str, out: Path, count: int | None, *, for_peers: bool) -> None:
    lines, whole, at_once = TASKS[what]
    spans = runs(count or whole, at_once)
    with ProcessPoolExecutor(2) as pool:
        write(out, pool.map(lines, spans))
        if for_peers:
            peers_read.write(out, pool.map(peers_read.read, spans))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["w1", "w2", "w3", "w4", "w5"])
    parser.add_argument("out", type=Path)
    parser.add_argument("--tasks", type=int)
    parser.add_argument("--frames", type=int, default=200_000)
    parser.add_argument("--volumes", type=int, default=40)
    parser.add_argument("--peers", action="store_true")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    match given.what:
        case "w2":
            write(given.out, [video.line(given.frames)])
        case "w3":
            for k in range(given.volumes):
                np.save(given.out / f"{k:02d}.npy", volumes.volume(k))
        case _:
            write_tasks(given.what, given.out, given.tasks, for_peers=given.peers and given.what == "w1")


if __name__ == "__main__":
    main()
