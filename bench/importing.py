"""What goes in, measured: saves through the SDK, imports against the peers that only load."""

from fixtures import HERE, WORK, fresh, imported, importing, peer, workload
from measure import PYTHON, Command, side_by_side
from rows import Row, Sizes, at_least, at_most, shown

SPACE = WORK / "fresh"


def saves(sizes: Sizes) -> list[Row]:
    """Task saves per second, by how many share a transaction."""
    data = str(workload("w1", sizes.small) / "data.ndjson")
    script = str(HERE / "inside" / "saves.py")
    batches = {100: 2000, 10: 1000, 1: 200}
    commands = {
        f"{size} in a change": Command([PYTHON, script, str(SPACE), data, str(size), str(tasks)], SPACE)
        for size, tasks in batches.items()
    }
    found = side_by_side(commands, sizes.times)
    rates = [tasks / one.said("write") for tasks, one in zip(batches.values(), found.values(), strict=True)]
    what = "saves/s on one project, 100 in a change, synchronous = NORMAL"
    raw = [f"{one} ({rate:,.0f} saves/s)" for one, rate in zip(found.values(), rates, strict=True)]
    return [at_least(what, rates[0], 1000, "saves/s", raw)]


def imports(sizes: Sizes) -> list[Row]:
    """Compare imports of W1-small with the fastest peer that loads all of it; labelformat takes no masks."""
    data = workload("w1", sizes.small)
    commands = {
        "COCO": fresh(SPACE, "import", "coco", str(data / "coco.json"), "--project", "p"),
        "native": importing("w1", sizes.small, SPACE),
        "Datumaro": peer("Datumaro", "datumaro_pictures.py", "coco_instances", data / "coco.json"),
        "Label Studio": peer("Label Studio", "label_studio_coco.py", data / "label_studio.json"),
        "labelformat, outlines for masks": peer(
            "labelformat", "labelformat_pictures.py", "coco", data / "coco_polygons.json"
        ),
    }
    found = side_by_side(commands, min(3, sizes.times))
    fastest = min(found["Datumaro"].wall, found["Label Studio"].wall)
    rows = [
        at_most(f"import of W1-small, {name}", found[name].wall / fastest, 1, "x the fastest peer's loading", raw)
        for name, raw in (("COCO", [*found.values()]), ("native", []))
    ]
    for what, size in (("w1", sizes.big), ("w4", sizes.million)):
        took = imported(what, size)
        told = f"{size / took.wall:,.0f} tasks/s, {took.peak:.0f} MiB"
        rows.append(shown(f"import of {what.upper()}, native", told, []))
    return rows
