"""Tables, maps and shards, measured against the libraries that people write them with."""

from exporting import KEPT, OUT
from fixtures import empty, exporting, peer, workload, workspace
from measure import clear, run, side_by_side
from rows import Row, Sizes, at_least, at_most

FORMATS = {
    "parquet": ("Parquet", "w1", "pandas", "pandas_tables.py"),
    "csv_objects": ("CSV of objects", "w1", "pandas", "pandas_tables.py"),
    "webdataset": ("WebDataset", "w1", "WebDataset", "webdataset_tar.py"),
    "geojson": ("GeoJSON", "w5", "GeoPandas", "geopandas_geojson.py"),
}
"""By format: its name, the workload, the peer that writes it best, and the script that has it do so."""


def tables(sizes: Sizes) -> list[Row]:
    """Each format of the same records: tasks/s net of start-up, against what the peer takes beside reading JSON."""
    return [row for name in FORMATS for row in _against(name, sizes)]


def _against(format_: str, sizes: Sizes) -> list[Row]:
    title, what, name, script = FORMATS[format_]
    words = ("--format", format_)
    space, data = workspace(what, sizes.small), workload(what, sizes.small) / "data.ndjson"
    ours = {"start-up": exporting(empty(), OUT, *words), title: exporting(space, OUT, *words)}
    given = (data, format_) if script.startswith("pandas") else (data,)
    mine = side_by_side(ours, min(3, sizes.times))
    (theirs,) = side_by_side({name: peer(name, script, *given, out=OUT)}, min(3, sizes.times)).values()
    rate = sizes.small / (mine[title].wall - mine["start-up"].wall)
    peer_rate = sizes.small / theirs.said("write")
    run(ours[title]._replace(argv=exporting(space, KEPT, *words).argv, out=KEPT))
    size = sum(
        path.stat().st_size for path in KEPT.rglob("*") if path.suffix in (".parquet", ".csv", ".tar", ".geojson")
    )
    clear(KEPT)
    figures = [*mine.values(), theirs, f"{rate:,.0f} tasks/s, {name} {peer_rate:,.0f}"]
    return [
        at_least(
            f"{title} of {what.upper()}-small, tasks/s net of start-up", rate / peer_rate, 1, f"x {name}", figures
        ),
        at_most(f"{title} of {what.upper()}-small, bytes", size / theirs.said("bytes"), 1.5, f"x {name}", []),
    ]
