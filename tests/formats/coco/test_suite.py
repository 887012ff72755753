"""COCO passes the suite of formats, read back by pycocotools."""

import json
from collections.abc import Mapping, Sequence

import pytest

from labelport.formats import coco
from labelport.kit.format import Context
from labelport.model.record import Record
from labelport.testing.formats import FormatTests
from tests.coco import judged


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
class TestCoco(FormatTests):
    name = "coco"

    def read(self, files: Mapping[str, bytes]) -> int:
        return len(judged(json.loads(files["annotations.json"])).getAnnIds())

    def objects(self, given_: Sequence[Record]) -> int:
        return self.returned(given_)[1]

    def returned(self, given_: Sequence[Record]) -> tuple[int, int]:
        """Frames of tracks come back as images of their own."""
        rows = [coco.count(record, Context(())) for record in given_]
        return sum(one["images"] for one in rows), sum(one["annotations"] for one in rows)
