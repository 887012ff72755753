"""Pascal VOC: an XML file for each picture, and PNGs of segmentation in the colours of the devkit.

http://host.robots.ox.ac.uk/pascal/VOC/voc2012/htmldoc/devkit_doc.html. Pixels are counted from 1, the last one
included; `pixels=0` counts from 0, as many tools do.
"""

from labelport.formats.voc.reading import decode
from labelport.formats.voc.writing import CARRIES, Options, count, documents, encode, place
from labelport.kit import classlist, listing
from labelport.kit.format import Format
from labelport.kit.scenes import found

FORMAT = Format(
    "Pascal VOC",
    CARRIES,
    encode,
    documents,
    once=classlist.once,
    options=Options,
    decode=decode,
    typed=True,
    holds={listing.SECTION: "task"},
    count=count,
    found=found,
    parts="own",
    place=place,
)
