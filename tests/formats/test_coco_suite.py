"""COCO passes the suite of formats, read back by pycocotools."""

import contextlib
import io
import json
from collections.abc import Iterable, Mapping

import pytest
from pycocotools.coco import COCO

from labelport.formats import coco
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
    reads_back = False  # frames of tracks come back as images of their own; the file's own tests read it back

    def read(self, files: Mapping[str, bytes]) -> int:
        found = loaded(files["annotations.json"])
        return len(found.getAnnIds())

    def objects(self, given_: Iterable[Record]) -> int:
        return sum(coco.count(record, Context(()))["annotations"] for record in given_)


class TestCocoCaptions(FormatTests):
    name = "coco_captions"
    reads_back = False  # every text is one caption: annotations with several come back as several

    def read(self, files: Mapping[str, bytes]) -> int:
        (data,) = files.values()
        found = loaded(data)
        assert all(one["caption"] for one in found.loadAnns(found.getAnnIds()))
        return len(found.getImgIds())

    def objects(self, given_: Iterable[Record]) -> int:
        return sum(1 for _ in given_)
