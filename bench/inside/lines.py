"""Reads lines of a finished export from random places: milliseconds for the first access, and for the others."""

import json
import sys
from random import Random
from statistics import median
from time import perf_counter

import labelport

space = labelport.open(sys.argv[1])
job = space.export(next(space.exports()).id)
start = perf_counter()
total, size = job.get_total_lines(), job.get_total_file_size()
first = perf_counter() - start
random = Random(1)


def timed(place: int, how: str) -> float:
    start = perf_counter()
    stream = job.get_buffered_stream()
    rows = iter(stream.with_line(place) if how == "line" else stream.with_offset(place))
    assert next(rows, None) is not None
    return 1000 * (perf_counter() - start)


by_line = [timed(random.randrange(total), "line") for _ in range(1000)]
by_byte = [timed(random.randrange(size), "byte") for _ in range(1000)]
found = {"first": 1000 * first, "lines": total, "line": median(by_line), "byte": median(by_byte)}
print(json.dumps(found | {"line_worst": max(by_line), "byte_worst": max(by_byte)}))
