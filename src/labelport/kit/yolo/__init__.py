"""What the YOLO formats share: how Ultralytics lays a data set out, and how its label files are read.

See https://docs.ultralytics.com/datasets/detect/ and, beside it, `/segment/`, `/pose/` and `/obb/`.
"""
