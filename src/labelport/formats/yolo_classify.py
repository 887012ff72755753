"""YOLO classification: a folder for each part, and in it one for each class (https://docs.ultralytics.com/datasets/classify/)."""

from labelport.kit.class_folders import laid_out

FORMAT = laid_out("YOLO classification")
