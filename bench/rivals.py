"""Exports against the peers that write the same: records a second net of start-up, and bytes."""

from collections.abc import Mapping
from pathlib import Path

from fixtures import KEPT, OUT, empty, exporting, peer, workload, workspace, workspace_of_coco
from measure import Command, Result, clear, run, side_by_side
from rows import Row, Sizes, at_least, at_most

TABLES = {
    "parquet": ("Parquet", "w1", "pandas", "pandas_tables.py", "*.parquet"),
    "csv_objects": ("CSV of objects", "w1", "pandas", "pandas_tables.py", "annotations*.csv"),
    "webdataset": ("WebDataset", "w1", "WebDataset", "webdataset_tar.py", "*.tar"),
    "geojson": ("GeoJSON", "w5", "GeoPandas", "geopandas_geojson.py", "*.geojson"),
}
"""By format: its name, the workload, the peer that writes it best, the script that has it do so, and our files."""


def coco(sizes: Sizes) -> list[Row]:
    """COCO against the fastest peer; and the same rate at every size."""
    data = workload("w1", sizes.small)
    peers = {
        "labelformat": peer("labelformat", "labelformat_pictures.py", "coco", data / "coco_polygons.json", out=OUT),
        "Label Studio": peer("Label Studio", "label_studio_coco.py", data / "label_studio.json", out=OUT),
        "Datumaro": peer("Datumaro", "datumaro_pictures.py", "coco_instances", data / "coco.json", out=OUT),
    }
    held = {size: workspace("w1", size) for size in (sizes.small, sizes.big)}
    (small, big), mine = ours("coco", held, sizes)
    best, theirs = fastest(peers, sizes.small, sizes)
    told = f"{small:,.0f} and {big:,.0f} tasks/s, the fastest peer {best:,.0f}"
    goal = (10, "x the fastest peer")
    return [
        at_least("COCO of W1-small, tasks/s net of start-up", small / best, *goal, [*mine, *theirs, told]),
        at_least("COCO of W1, tasks/s net of start-up", big / best, *goal, []),
        at_least("COCO of W1 against W1-small, tasks/s", big / small, 0.9, "(the same rate)", []),
    ]


def masks(sizes: Sizes) -> list[Row]:
    """Semantic masks as PNG: the time and the bytes."""
    tasks = min(sizes.small, 1000)
    space, data = workspace("w1", tasks), workload("w1", tasks) / "coco.json"
    peers = {"Datumaro": peer("Datumaro", "datumaro_pictures.py", "camvid", data, out=OUT)}
    return against("PNG masks of W1", "png_masks", {tasks: space}, peers, sizes, goal=5, weighed="masks/*.png")


def files(sizes: Sizes) -> list[Row]:
    """A small file for each picture, into a folder.

    Datumaro writes masks beside VOC's boxes, a thousand times as slowly; it is not waited for.
    """
    data = workload("w1", sizes.small)
    spaces = {
        "yolo": (workspace("w1", sizes.small), data / "coco.json"),
        "yolo_segment": (workspace_of_coco(sizes.small, "polygons"), data / "coco_polygons.json"),
        "voc": (workspace_of_coco(sizes.small, "boxes"), data / "coco.json"),
    }
    rows = []
    for name, (space, given) in spaces.items():
        peers = {"labelformat": peer("labelformat", "labelformat_pictures.py", name, given, out=OUT)}
        if name == "yolo":
            peers["Datumaro"] = peer("Datumaro", "datumaro_pictures.py", name, given, out=OUT)
        rows += against(f"{name}, a file for each picture", name, {sizes.small: space}, peers, sizes, goal=5)
    return rows


def tables(sizes: Sizes) -> list[Row]:
    """Tables, maps and shards of the same records, against what the peer takes beside reading JSON: time and bytes."""
    rows = []
    for name, (title, what, library, script, pattern) in TABLES.items():
        space, data = workspace(what, sizes.small), workload(what, sizes.small) / "data.ndjson"
        words = (data, name) if library == "pandas" else (data,)
        peers = {library: peer(library, script, *words, out=OUT)}
        held = {sizes.small: space}
        rows += against(f"{title} of {what.upper()}-small", name, held, peers, sizes, weighed=pattern)
    return rows


def tracks(sizes: Sizes) -> list[Row]:
    """CVAT XML and Label Studio of W1, MOT of every frame of W2."""
    small, data = {sizes.small: workspace("w1", sizes.small)}, workload("w1", sizes.small)
    cvat = {"Datumaro": peer("Datumaro", "datumaro_pictures.py", "cvat", data / "coco.json", out=OUT)}
    tasks = {"Label Studio": peer("Label Studio", "label_studio_tasks.py", data / "coco_polygons.json", out=OUT)}
    clip, every = {sizes.frames: workspace("w2", sizes.frames)}, ("--frames", "all")
    run(exporting(clip[sizes.frames], KEPT, "--format", "mot", *every))
    (found,) = KEPT.rglob("gt.txt")
    mot = {"Datumaro": peer("Datumaro", "datumaro_mot.py", found, out=OUT)}
    rows = [
        *against("CVAT XML of W1-small", "cvat_xml", small, cvat, sizes),
        *against("Label Studio of W1-small", "label_studio", small, tasks, sizes),
        *against("MOT of W2", "mot", clip, mot, sizes, unit="frames/s", words=every),
    ]
    clear(KEPT)
    return rows


def against(
    what: str,
    format_: str,
    held: Mapping[int, Path],
    peers: Mapping[str, Command],
    sizes: Sizes,
    *,
    goal: float = 1,
    unit: str = "tasks/s",
    words: tuple[str, ...] = (),
    weighed: str = "",
) -> list[Row]:
    """Return how many times as fast as the fastest peer one workspace is exported; how large the files are, if weighed."""
    ((rate,), mine), (size,) = ours(format_, held, sizes, words), held
    best, theirs = fastest(peers, size, sizes)
    raw = [*mine, *theirs, f"{rate:,.0f} {unit}, the fastest peer {best:,.0f}"]
    rows = [at_least(f"{what}, {unit} net of start-up", rate / best, goal, "x the fastest peer", raw)]
    if weighed:
        run(exporting(held[size], KEPT, "--format", format_, *words))
        weight = sum(path.stat().st_size for path in KEPT.rglob(weighed))
        clear(KEPT)
        least = min(one.said("bytes") for one in theirs)
        rows.append(at_most(f"{what}, bytes", weight / least, 1.5, "x the smallest peer", []))
    return rows


def ours(
    format_: str, held: Mapping[int, Path], sizes: Sizes, words: tuple[str, ...] = ()
) -> tuple[list[float], list[Result]]:
    """Return the rates of workspaces by how many records each holds, net of start-up; and the runs behind them."""
    spaces = {"start-up": empty(), **{f"{size:,} records": space for size, space in held.items()}}
    commands = {name: exporting(space, OUT, "--format", format_, *words) for name, space in spaces.items()}
    start, *found = side_by_side(commands, sizes.times).values()
    return [size / (one.wall - start.wall) for size, one in zip(held, found, strict=True)], [start, *found]


def fastest(peers: Mapping[str, Command], size: int, sizes: Sizes) -> tuple[float, list[Result]]:
    """Return the rate at which the fastest peer writes so many records, and the runs of all."""
    found = [*side_by_side(peers, min(3, sizes.times)).values()]
    return max(size / one.said("write") for one in found), found
