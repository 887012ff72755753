"""LabelMe: a JSON file for each picture, its shapes as lists of points in pixels.

https://github.com/wkentaro/labelme. Several parts of an object are shapes with one `group_id`. What has holes is a
`mask`: a PNG of its bounds, whose last corner is the last pixel. Pictures are not inside (`imageData` is null).
"""

from labelport.formats.labelme.reading import decode
from labelport.formats.labelme.writing import CARRIES, count, encode, place
from labelport.kit import classlist, listing, table
from labelport.kit.format import Format
from labelport.kit.scenes import found

FORMAT = Format(
    "LabelMe",
    CARRIES,
    encode,
    listing.documents,
    once=classlist.once,
    decode=decode,
    typed=True,
    holds={listing.SECTION: "task"},
    number=table.number,
    count=count,
    found=found,
    place=place,
)
