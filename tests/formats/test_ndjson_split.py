"""NDJSON split: native records in many files."""

import json
from collections.abc import Mapping
from typing import ClassVar

from labelport.testing.formats import FormatTests
from tests.formats.native_json import objects_in


class TestATaskAFile(FormatTests):
    name = "ndjson_split"
    options: ClassVar = {"per": "task"}
    compares = True

    def read(self, files: Mapping[str, bytes]) -> int:
        assert sorted(files) == ["tasks/task-1.json", "tasks/task-2.json", "tasks/task-3.json"]
        rows = [json.loads(data) for data in files.values()]
        return objects_in(rows)


class TestPartsBySize(FormatTests):
    name = "ndjson_split"
    options: ClassVar = {"per": "size", "size": 1}
    compares = True

    def read(self, files: Mapping[str, bytes]) -> int:
        assert len(files) == 3
        rows = [json.loads(data) for data in files.values()]
        return objects_in(rows)
