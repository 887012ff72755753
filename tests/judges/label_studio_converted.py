"""Prints what the converter of Label Studio's SDK makes of tasks: COCO's boxes, corners of rectangles, masks of brushes."""

import json
import logging
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from label_studio_sdk.converter import Converter
from label_studio_sdk.converter.brush import decode_rle
from label_studio_sdk.converter.utils import convert_annotation_to_yolo_obb

logging.disable(logging.CRITICAL)
place = Path(sys.argv[1])
tasks = json.loads((place / "tasks.json").read_text())
with TemporaryDirectory() as folder:
    converter = Converter((place / "label_config.xml").read_text(), folder, download_resources=False)
    converter.convert_to_coco(str(place / "tasks.json"), folder, output_image_dir=folder, is_dir=False)
    coco = json.loads((Path(folder) / "result.json").read_text())
results = [result for task in tasks for one in task["annotations"] for result in one["result"]]
brushes = [result for result in results if result["type"].startswith("brush")]
turned = [result for result in results if result["type"] == "rectanglelabels"]
found = {
    "boxes": [one["bbox"] for one in coco["annotations"]],
    "corners": [convert_annotation_to_yolo_obb({**one, **one["value"]}, normalize=False) for one in turned],
    "areas": [int((decode_rle(one["value"]["rle"]).reshape(-1, 4)[:, 3] > 0).sum()) for one in brushes],
}
print(json.dumps(found))
