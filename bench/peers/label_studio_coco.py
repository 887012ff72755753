"""Turns Label Studio's JSON into COCO with the converter of its SDK, which reads task by task as it writes."""

import json
import logging
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from label_studio_sdk.converter import Converter

logging.disable(logging.CRITICAL)
names = "".join(f'<Label value="class_{i:02d}"/>' for i in range(24))
config = (
    f'<View><Image name="image" value="$image"/><RectangleLabels name="box" toName="image">{names}</RectangleLabels>'
    f'<PolygonLabels name="polygon" toName="image">{names}</PolygonLabels></View>'
)
with TemporaryDirectory() as folder:
    start = perf_counter()
    converter = Converter(config, folder, download_resources=False)
    if len(sys.argv) > 2:
        converter.convert_to_coco(sys.argv[1], sys.argv[2], output_image_dir=folder, is_dir=False)
        took = perf_counter() - start
        found = json.loads((Path(sys.argv[2]) / "result.json").read_text())
        print(json.dumps({"write": took, "annotations": len(found["annotations"])}))
    else:
        tasks = sum(1 for _ in converter.iter_from_json_file(sys.argv[1]))
        print(json.dumps({"load": perf_counter() - start, "tasks": tasks}))
