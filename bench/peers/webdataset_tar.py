"""Writes native records as shards with WebDataset's own writer: seconds for reading JSON, and for writing it."""

import json
import sys
from pathlib import Path
from time import perf_counter

import webdataset

start = perf_counter()
with Path(sys.argv[1]).open() as lines:
    records = [json.loads(line) for line in lines]
read = perf_counter()
out = Path(sys.argv[2])
out.mkdir()
with webdataset.ShardWriter(str(out / "shard-%06d.tar"), maxcount=10_000, verbose=0) as writer:
    for number, record in enumerate(records, 1):
        writer.write({"__key__": f"{number:09d}", "json": record})
size = sum(path.stat().st_size for path in out.iterdir())
print(json.dumps({"load": read - start, "write": perf_counter() - read, "bytes": size}))
