"""NDJSON: native records, a line each."""

import json
from collections.abc import Mapping
from typing import ClassVar

from labelport.testing.formats import FormatTests
from tests.formats.native_json import objects_in


class TestNdjson(FormatTests):
    name = "ndjson"
    compares = True

    def read(self, files: Mapping[str, bytes]) -> int:
        rows = [json.loads(line) for line in files["data.ndjson"].splitlines()]
        return objects_in(rows)


class TestNdjsonInParts(FormatTests):
    name = "ndjson"
    options: ClassVar = {"rows": 2}
    compares = True

    def read(self, files: Mapping[str, bytes]) -> int:
        assert list(files) == ["data-00000.ndjson", "data-00001.ndjson"]
        rows = [json.loads(line) for data in files.values() for line in data.splitlines()]
        return objects_in(rows)
