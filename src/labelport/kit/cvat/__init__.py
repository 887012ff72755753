"""What CVAT's XML and CVAT's API say alike: labels, attributes, shapes, tracks.

Coordinates are pixels from the corner of the picture, angles degrees clockwise on screen: our own convention, so
nothing is converted but masks (runs along the rows of a crop) and the order of a cuboid's corners.
"""
