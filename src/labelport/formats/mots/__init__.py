"""MOTS: masks of tracked objects, of which no two share a pixel (https://www.vision.rwth-aachen.de/page/mots).

An object is a number: 1000 times its class, and its place among those of the class. In the text form, `gt/gt.txt` has
rows `frame id class height width runs`, the runs as COCO packs them; in the other, `instances/PATH/000001.png` holds
the numbers as pixels of 16 bits. Frames count from 1, as MOTSChallenge has them; what counts from 0, as KITTI MOTS
does, is read too. A track has a mask in each wanted frame that shows it. A picture is a video of one frame.
"""

from labelport.formats.mots.index import Options
from labelport.formats.mots.reading import decode
from labelport.formats.mots.writing import CARRIES, counted, encode, once
from labelport.kit.format import Format

FORMAT = Format("MOTS", CARRIES, encode, once=once, options=Options, decode=decode, count=counted)
