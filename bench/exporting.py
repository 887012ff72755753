"""Exports, measured: against `cp` and `json`, and against themselves, in time and in memory."""

from fixtures import HERE, KEPT, OUT, changed, empty, exporting, workspace
from measure import PYTHON, Command, Result, clear, run, side_by_side
from rows import Row, Sizes, at_least, at_most, shown

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
    (found,) = side_by_side({"json round trip": theirs}, min(3, sizes.times)).values()
    return at_least("NDJSON of W1", found.wall / ours.wall, 10, "x the `json` round trip", [ours, found])


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
    what = f"delta of {tasks:,} changes among {sizes.million:,}"
    return [at_most(what, ratio, 2, f"x the full export of {tasks:,}", [*found.values()])]


def workers(sizes: Sizes) -> list[Row]:
    """Two workers against one: where every record is decoded and encoded, and where each is spliced into a file."""
    space = workspace("w1", sizes.big // 5)
    shards = ("--shard-size", str(sizes.big // 100))
    kinds = {
        "COCO encoded anew": ("--format", "coco", "--on-loss", "drop"),
        "YOLO detection": ("--format", "yolo"),
    }
    rows = []
    for name, words in kinds.items():
        commands = {f"{n} workers": exporting(space, OUT, *words, *shards, "--workers", str(n)) for n in (1, 2)}
        found = side_by_side(commands, min(3, sizes.times))
        ratio = found["1 workers"].wall / found["2 workers"].wall
        rows.append(at_least(f"two workers, {name}", ratio, 1.6, "x one", [*found.values()]))
    return rows


def deep(sizes: Sizes) -> list[Row]:
    """What reading the delivery back costs."""
    space = workspace("w1", sizes.small)
    commands = {how: exporting(space, OUT, "--verify", how) for how in ("counts", "deep")}
    found = side_by_side(commands, sizes.times)
    ratio = found["deep"].wall / found["counts"].wall
    return [shown("`--verify deep` of W1-small as NDJSON", f"{ratio:.2f} x counts", [*found.values()])]
