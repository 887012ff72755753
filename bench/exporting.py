"""Exports, measured: against `cp` and `json`, against the peers, in time and in memory."""

from fixtures import HERE, WORK, changed, empty, exporting, peer, workload, workspace, workspace_of_coco
from measure import PYTHON, Command, Result, clear, run, side_by_side
from rows import Row, Sizes, at_least, at_most, shown

OUT = WORK / "out"
KEPT = WORK / "kept"
PROVEN = "cd {kept} && cp -r . {out} && sync {out}/* && sha256sum {out}/* > {out}/SHA256SUMS"
"""What a delivery promises, done by the tools of the system: copied, on the disk, and hashed."""


def native(sizes: Sizes) -> list[Row]:
    """Compare JSON, NDJSON and NDJSON split of W1 with copies of the same bytes and a round trip through `json`."""
    space = workspace("w1", sizes.big)
    kinds = {
        "JSON": ("json",),
        "NDJSON": ("ndjson",),
        "NDJSON split": ("ndjson_split", "--option", f"ndjson_split.rows={sizes.big // 20}"),
    }
    copies = {
        "cp": Command(["cp", "-r", str(KEPT), str(OUT)], OUT),
        "cp, sync": Command(["sh", "-c", f"cp -r {KEPT} {OUT} && sync {OUT}/*"], OUT),
        "cp, sync, sha256sum": Command(["sh", "-c", PROVEN.format(kept=KEPT, out=OUT)], OUT),
    }
    rows = []
    for name, words in kinds.items():
        ours = exporting(space, OUT, "--format", *words)
        run(exporting(space, KEPT, "--format", *words))
        for copy, command in copies.items():
            found = side_by_side({name: ours, copy: command}, sizes.times)
            ratio = found[name].wall / found[copy].wall
            rows.append(at_most(f"{name} of W1", ratio, 2.0, f"x `{copy}`", [*found.values()]))
        if name == "NDJSON":
            rows.append(_trip(found[name], sizes))
        clear(KEPT)
    return rows


def _trip(ours: Result, sizes: Sizes) -> Row:
    script = str(HERE / "inside" / "json_round_trip.py")
    theirs = Command([PYTHON, script, str(KEPT / "data.ndjson"), str(OUT)], OUT)
    (found,) = side_by_side({"json round trip": theirs}, min(2, sizes.times)).values()
    return at_least("NDJSON of W1", found.wall / ours.wall, 10, "x the `json` round trip", [ours, found])


def coco(sizes: Sizes) -> list[Row]:
    """COCO against the fastest peer, net of start-up; and the same rate at every size."""
    small, big = workspace("w1", sizes.small), workspace("w1", sizes.big)
    data = workload("w1", sizes.small)
    ours = {
        "start-up": exporting(empty(), OUT, "--format", "coco"),
        "small": exporting(small, OUT, "--format", "coco"),
        "big": exporting(big, OUT, "--format", "coco"),
    }
    theirs = {
        "labelformat": peer("labelformat", "labelformat_coco.py", data / "coco_polygons.json", out=OUT),
        "Label Studio": peer("Label Studio", "label_studio_coco.py", data / "label_studio.json", out=OUT),
        "Datumaro": peer("Datumaro", "datumaro_coco.py", data / "coco.json", out=OUT),
    }
    mine = side_by_side(ours, sizes.times)
    peers = side_by_side(theirs, min(3, sizes.times))
    rate = sizes.small / (mine["small"].wall - mine["start-up"].wall)
    large = sizes.big / (mine["big"].wall - mine["start-up"].wall)
    best = max(sizes.small / one.said("write") for one in peers.values())
    figures = [*mine.values(), *peers.values(), f"{rate:,.0f} and {large:,.0f} tasks/s, the fastest peer {best:,.0f}"]
    return [
        at_least("COCO of W1-small, tasks/s net of start-up", rate / best, 10, "x the fastest peer", figures),
        at_least("COCO of W1, tasks/s net of start-up", large / best, 10, "x the fastest peer", figures[:1]),
        at_least("COCO of W1 against W1-small, tasks/s", large / rate, 0.9, "(the same rate)", figures[-1:]),
    ]


def masks(sizes: Sizes) -> list[Row]:
    """Semantic masks as PNG against the fastest peer: the time net of start-up, and the bytes."""
    tasks = min(sizes.small, 1000)
    words = ("--format", "png_masks")
    ours = {
        "start-up": exporting(empty(), OUT, *words),
        "PNG masks": exporting(workspace("w1", tasks), OUT, *words),
    }
    script = "datumaro_masks.py"
    theirs = {"Datumaro": peer("Datumaro", script, workload("w1", tasks) / "coco.json", out=OUT)}
    mine = side_by_side(ours, min(3, sizes.times))
    (best,) = side_by_side(theirs, min(2, sizes.times)).values()
    rate = tasks / (mine["PNG masks"].wall - mine["start-up"].wall)
    peer_rate = tasks / best.said("write")
    figures = [*mine.values(), best, f"{rate:,.0f} tasks/s, Datumaro {peer_rate:,.0f}"]
    run(exporting(workspace("w1", tasks), KEPT, *words))
    size = sum(path.stat().st_size for path in (KEPT / "masks").iterdir())
    clear(KEPT)
    return [
        at_least("PNG masks of W1, tasks/s net of start-up", rate / peer_rate, 5, "x the fastest peer", figures),
        at_most("PNG masks of W1, bytes", size / best.said("bytes"), 1.5, "x the fastest peer", []),
    ]


def files(sizes: Sizes) -> list[Row]:
    """A small file for each picture, into a folder, against the fastest peer: the rate net of start-up.

    Datumaro writes masks beside VOC's boxes, a thousand times as slowly; it is not waited for.
    """
    tasks = sizes.small
    source = workload("w1", tasks)
    spaces = {
        "yolo": workspace("w1", tasks),
        "yolo_segment": workspace_of_coco(tasks, "polygons"),
        "voc": workspace_of_coco(tasks, "boxes"),
    }
    rows = []
    for name, space in spaces.items():
        data = source / ("coco_polygons.json" if name == "yolo_segment" else "coco.json")
        ours = {
            "start-up": exporting(empty(), OUT, "--format", name),
            name: exporting(space, OUT, "--format", name),
        }
        theirs = {"labelformat": peer("labelformat", "labelformat_files.py", name, data, out=OUT)}
        if name == "yolo":
            theirs["Datumaro"] = peer("Datumaro", "datumaro_files.py", name, data, out=OUT)
        mine = side_by_side(ours, sizes.times)
        peers = side_by_side(theirs, min(2, sizes.times))
        rate = tasks / (mine[name].wall - mine["start-up"].wall)
        best = max(tasks / one.said("write") for one in peers.values())
        figures = [*mine.values(), *peers.values(), f"{rate:,.0f} tasks/s, the fastest peer {best:,.0f}"]
        what = f"{name}, a file for each picture, tasks/s net of start-up"
        rows.append(at_least(what, rate / best, 5, "x the fastest peer", figures))
    return rows


def video(sizes: Sizes) -> list[Row]:
    """W2 with every frame: linear in frames, memory flat."""
    frames = {"a quarter": sizes.frames // 4, "whole": sizes.frames}
    rows = []
    for name in ("csv_objects", "coco"):
        words = ("--format", name, "--all-frames")
        commands = {part: exporting(workspace("w2", size), OUT, *words) for part, size in frames.items()}
        commands["start-up"] = exporting(empty(), OUT, *words)
        found = side_by_side(commands, min(3, sizes.times))
        part, whole = (found[key].wall - found["start-up"].wall for key in frames)
        rows.append(at_most(f"W2 as {name}: 4 x the frames, time", whole / part, 4.4, "x", [*found.values()]))
        more = found["whole"].peak - found["a quarter"].peak
        rows.append(at_most(f"W2 as {name}: 4 x the frames, memory", max(more, 0.01), 10, "MiB more", []))
    return rows


def memory(sizes: Sizes) -> list[Row]:
    """Peak memory of exports at three sizes."""
    rows = []
    for name in ("ndjson", "json", "csv_objects", "coco"):
        spaces = [workspace("w1", sizes.small), workspace("w1", sizes.big), workspace("w4", sizes.million)]
        found = []
        for space in spaces:
            result = Result(f"{name} of {space.name}")
            result.runs.append(run(exporting(space, OUT, "--format", name)))
            clear(OUT)
            found.append(result)
        peaks = [one.peak for one in found]
        rows.append(at_most(f"peak memory, {name}", max(peaks), 200, "MiB", [*found]))
        more = max(max(peaks) - peaks[0], 0.01)
        rows.append(at_most(f"peak memory, {name}, more than at {sizes.small:,} tasks", more, 10, "MiB", []))
    return rows


def delta(sizes: Sizes) -> list[Row]:
    """1,000 changes in a large project against the whole of a small one."""
    tasks = 1000
    space, before = changed("w4", sizes.million, tasks)
    commands = {
        "delta": exporting(space, OUT, "--since", str(before)),
        "full": exporting(workspace("w4", tasks), OUT),
    }
    found = side_by_side(commands, sizes.times)
    ratio = found["delta"].wall / found["full"].wall
    return [
        at_most(
            f"delta of {tasks:,} changes among {sizes.million:,}",
            ratio,
            2,
            "x the full export of 1,000",
            [*found.values()],
        )
    ]


def workers(sizes: Sizes) -> list[Row]:
    """Two workers against one, where every record is decoded and encoded."""
    space = workspace("w1", sizes.big // 5)
    words = ("--format", "coco", "--on-loss", "drop", "--shard-size", str(sizes.big // 100))
    commands = {f"{n} workers": exporting(space, OUT, *words, "--workers", str(n)) for n in (1, 2)}
    found = side_by_side(commands, min(3, sizes.times))
    ratio = found["1 workers"].wall / found["2 workers"].wall
    rows = [at_least("two workers, COCO encoded anew", ratio, 1.6, "x one", [*found.values()])]
    detection = ("--format", "yolo", "--shard-size", str(sizes.big // 100))
    commands = {f"{n} workers": exporting(space, OUT, *detection, "--workers", str(n)) for n in (1, 2)}
    found = side_by_side(commands, min(3, sizes.times))
    ratio = found["1 workers"].wall / found["2 workers"].wall
    return [*rows, at_least("two workers, YOLO detection", ratio, 1.6, "x one", [*found.values()])]


def deep(sizes: Sizes) -> list[Row]:
    """What reading the delivery back costs."""
    space = workspace("w1", sizes.small)
    commands = {how: exporting(space, OUT, "--verify", how) for how in ("counts", "deep")}
    found = side_by_side(commands, sizes.times)
    ratio = found["deep"].wall / found["counts"].wall
    return [shown("`--verify deep` of W1-small as NDJSON", f"{ratio:.2f} x counts", [*found.values()])]
