"""Reads a folder of Datumaro's format with Datumaro, writes it again, and prints of each item its annotations."""

import json
import sys

from datumaro.components.annotation import AnnotationType
from datumaro.components.dataset import Dataset

found = Dataset.import_from(sys.argv[1], "datumaro")
labels = found.categories()[AnnotationType.label]
items = {
    f"{item.subset}/{item.id}": [
        [
            type(one).__name__,
            labels[one.label].name if getattr(one, "label", None) is not None else None,
            round(float(one.get_area()), 2) if hasattr(one, "get_area") else None,
        ]
        for one in item.annotations
    ]
    for item in found
}
found.export(sys.argv[2], "datumaro", save_media=False)
print(json.dumps(items))
