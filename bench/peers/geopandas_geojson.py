"""Writes the geometries of native records as GeoJSON with GeoPandas: seconds for reading JSON, and for writing it."""

import json
import sys
from pathlib import Path
from time import perf_counter

import geopandas

start = perf_counter()
with Path(sys.argv[1]).open() as lines:
    records = [json.loads(line) for line in lines]
read = perf_counter()
features = (
    {
        "type": "Feature",
        "geometry": one["geometry"]["geometry"],
        "properties": {
            "task": record["id"],
            "name": record["name"],
            "uri": record["asset"]["uri"],
            "label": label["id"],
            "author": label["author"],
            "annotation": one["id"],
            "class": one["class"],
        },
    }
    for record in records
    for label in record["labels"]
    for one in label["annotations"]
)
out = Path(sys.argv[2])
out.mkdir()
geopandas.GeoDataFrame.from_features(features, crs="OGC:CRS84").to_file(out / "annotations.geojson", driver="GeoJSON")
size = (out / "annotations.geojson").stat().st_size
print(json.dumps({"load": read - start, "write": perf_counter() - read, "bytes": size}))
