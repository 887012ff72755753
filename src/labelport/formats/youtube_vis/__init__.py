"""YouTube-VIS: one document like COCO's, of videos and of objects with a mask (or null) for each frame.

`videos` name a picture for each frame; `annotations` have `segmentations` (RLE), `bboxes` and `areas`, an item for each
frame of the video, null where the object is not seen (https://youtube-vos.org/dataset/vis/). Ids are those of COCO: a
video's is its task's number, an object's its own, a category's its class's pinned number. A track
has a mask in each wanted frame that shows it. Whoever reads takes null for a frame where the object has left, so
trackers want all frames. A picture is a video of one frame.
"""

from labelport.formats.youtube_vis.reading import decode
from labelport.formats.youtube_vis.writing import CARRIES, counted, documents, encode, number
from labelport.kit.format import Format

FORMAT = Format(
    "YouTube-VIS",
    CARRIES,
    encode,
    documents,
    decode=decode,
    holds={"videos": "task", "annotations": "annotation"},
    number=number,
    count=counted,
)
