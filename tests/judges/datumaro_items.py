"""Prints what datumaro finds in a folder: of each item its id, and of each annotation type, class and points."""

import json
import sys

from datumaro.components.annotation import AnnotationType
from datumaro.components.dataset import Dataset

found = Dataset.import_from(sys.argv[2], sys.argv[1])
labels = found.categories()[AnnotationType.label]
items = {
    item.id: [
        {
            "type": type(one).__name__,
            "class": labels[one.label].name if getattr(one, "label", None) is not None else None,
            "points": [float(number) for number in getattr(one, "points", ())],
            "attributes": dict(one.attributes),
            "group": one.group,
        }
        for one in item.annotations
    ]
    for item in found
}
print(json.dumps(items, default=str))
