"""Prints what labelformat finds in a document of YouTube-VIS: of each video its tracks, and the area in each frame."""

import json
import sys
from pathlib import Path

from labelformat.formats.youtubevis import YouTubeVISInstanceSegmentationTrackInput
from labelformat.model.binary_mask_segmentation import BinaryMaskSegmentation
from labelformat.model.instance_segmentation_track import SingleInstanceSegmentationTrack
from labelformat.model.multipolygon import MultiPolygon


def areas(track: SingleInstanceSegmentationTrack) -> list[int | None]:
    return [None if mask is None else area(mask) for mask in track.segmentations]


def area(mask: MultiPolygon | BinaryMaskSegmentation) -> int:
    assert isinstance(mask, BinaryMaskSegmentation)
    return int(mask.get_binary_mask().sum())


found = YouTubeVISInstanceSegmentationTrackInput(Path(sys.argv[1])).get_labels()
videos = []
for one in found:
    tracks = sorted(one.objects, key=lambda track: track.object_track_id or 0)
    told = [[track.category.name, track.object_track_id, areas(track)] for track in tracks]
    videos.append([one.video.filename, one.video.number_of_frames, told])
print(json.dumps(videos))
