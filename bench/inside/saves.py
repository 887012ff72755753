"""Saves records through the SDK, so many in a change: seconds for all of them."""

import json
import sys
from itertools import islice
from pathlib import Path
from time import perf_counter

import msgspec

import labelport
from labelport.model.record import Record

space, lines, size = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
project = labelport.open(space).create_project("p")
for number in range(1, 25):
    project.add_class(f"class_{number - 1:02d}")
with lines.open("rb") as file:
    records = [msgspec.json.decode(line, type=Record) for line in islice(file, int(sys.argv[4]))]
start = perf_counter()
for first in range(0, len(records), size):
    project.save(records[first : first + size])
print(json.dumps({"write": perf_counter() - start, "tasks": len(records)}))
