"""Reads every line of NDJSON with the standard library's json and writes it again."""

import json
import sys
from pathlib import Path

with Path(sys.argv[1]).open() as given, Path(sys.argv[2]).open("w") as made:
    made.writelines(json.dumps(json.loads(line), separators=(",", ":"), ensure_ascii=False) + "\n" for line in given)
