"""MOTChallenge: a folder for each video, `gt/gt.txt` with a row for each object in each frame (boxes only).

Rows are `frame,id,left,top,width,height,considered,class,visibility`; frames, ids, pixels and classes count from 1
(https://motchallenge.net/instructions/), so a box in the corner of a picture lies at 1, 1. `gt/labels.txt` names the
classes line by line, `seqinfo.ini` says what the video is. A track has a row in each wanted frame that shows it, and
the frames keep the numbers that they have in the video. Whoever reads takes a gap for a place where the object has
left, so trackers want all frames. A picture is a video of one frame.
"""

from labelport.formats.mot.reading import decode
from labelport.formats.mot.writing import CARRIES, counted, encode
from labelport.kit.format import Format

FORMAT = Format("MOTChallenge", CARRIES, encode, decode=decode, count=counted)
