"""JSON: native records in one array."""

import json
from collections.abc import Mapping

from labelport.testing.formats import FormatTests
from tests.formats.native_json import objects_in


class TestJson(FormatTests):
    name = "json"
    compares = True

    def read(self, files: Mapping[str, bytes]) -> int:
        rows = json.loads(files["data.json"])
        return objects_in(rows)
