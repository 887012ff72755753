"""COCO passes the suite of formats, read back by pycocotools."""

import contextlib
import io
import json
from collections.abc import Mapping, Sequence

import pytest
from pycocotools.coco import COCO

from labelport.formats import coco, coco_captions
from labelport.kit.format import Context
from labelport.model.record import Record
from labelport.testing.formats import FormatTests


def loaded(data: bytes) -> COCO:
    """Return a document as pycocotools indexes it."""
    found = COCO()
    found.dataset = json.loads(data)
    with contextlib.redirect_stdout(io.StringIO()):
        found.createIndex()
    return found


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
class TestCoco(FormatTests):
    name = "coco"

    def read(self, files: Mapping[str, bytes]) -> int:
        return len(loaded(files["annotations.json"]).getAnnIds())

    def objects(self, given_: Sequence[Record]) -> int:
        return self.returned(given_)[1]

    def returned(self, given_: Sequence[Record]) -> tuple[int, int]:
        """Frames of tracks come back as images of their own."""
        rows = [coco.count(record, Context(())) for record in given_]
        return sum(one["images"] for one in rows), sum(one["annotations"] for one in rows)


class TestCocoCaptions(FormatTests):
    name = "coco_captions"

    def read(self, files: Mapping[str, bytes]) -> int:
        found = loaded(files["captions.json"])
        assert all(isinstance(one["caption"], str) for one in found.loadAnns(found.getAnnIds()))  # a text may be empty
        return len(found.getAnnIds())

    def objects(self, given_: Sequence[Record]) -> int:
        return sum(coco_captions.count(record, Context(()))["annotations"] for record in given_)

    def returned(self, given_: Sequence[Record]) -> tuple[int, int]:
        """Every text is one caption: an answer with several comes back as several."""
        return len(given_), self.objects(given_)
