"""COCO documents as pycocotools reads them, without what it prints meanwhile."""

from collections.abc import Mapping
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

from pycocotools.coco import COCO


def opened(file: Path) -> COCO:
    """Return a document in a file."""
    with redirect_stdout(StringIO()):
        return COCO(str(file))


def judged(document: Mapping[str, Any]) -> COCO:
    """Return a document in memory."""
    found = COCO()
    found.dataset = document
    with redirect_stdout(StringIO()):
        found.createIndex()
    return found
