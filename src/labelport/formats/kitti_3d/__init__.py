"""KITTI, objects in space: the rows of `kit.kitti` with the cuboids of a cloud of points, and `calib/PATH.txt`.

Cuboids lie in the coordinates of the laser scanner (metres; x ahead, y to the left, z up), as clouds do; rows have
those of the camera. The calibration leads from one to the other; without it, the axes alone do. It comes in with the
rows, is kept with the asset (`extra["calibration"]`), and goes out again.
"""

from labelport.formats.kitti_3d.reading import decode
from labelport.formats.kitti_3d.writing import CARRIES, count, encode, found
from labelport.kit.format import FILES, Format

FORMAT = Format("KITTI 3D", CARRIES, encode, decode=decode, holds={FILES: "task"}, count=count, found=found)
