"""Prints what labelformat finds in a document of YouTube-VIS: of each video its tracks, and the area in each frame."""

import json
import sys
from pathlib import Path

from labelformat.formats.youtubevis import YouTubeVISInstanceSegmentationTrackInput

found = YouTubeVISInstanceSegmentationTrackInput(Path(sys.argv[1])).get_labels()
videos = [
    [
        one.video.filename,
        one.video.number_of_frames,
        sorted(
            [
                [
                    track.category.name,
                    track.object_track_id,
                    [None if mask is None else int(mask.get_binary_mask().sum()) for mask in track.segmentations],
                ]
                for track in one.objects
            ],
            key=lambda track: track[1],
        ),
    ]
    for one in found
]
print(json.dumps(videos))
