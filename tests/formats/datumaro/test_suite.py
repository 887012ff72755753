"""Datumaro passes the suite of formats, read back as plain JSON."""

import json
from collections.abc import Mapping, Sequence

from labelport.formats.datumaro import FORMAT
from labelport.model.record import Record
from labelport.testing.formats import FormatTests
from tests.formats.datumaro.build import CONTEXT


class TestDatumaro(FormatTests):
    name = "datumaro"

    def read(self, files: Mapping[str, bytes]) -> int:
        """Count objects: annotations of one id and group in an item are parts of one."""
        items = json.loads(files["annotations/default.json"])["items"]
        return len({(item["id"], one["id"]) for item in items for one in item["annotations"]})

    def objects(self, given_: Sequence[Record]) -> int:
        return self.returned(given_)[1]

    def returned(self, given_: Sequence[Record]) -> tuple[int, int]:
        """An object of a track comes back in each frame."""
        assert FORMAT.found is not None
        return len(given_), sum(FORMAT.found(record, CONTEXT)[1] for record in given_)
