"""Pictures by class, as ImageNet is laid out and torchvision's `ImageFolder` reads it: `train/CLASS/NAME.jpg`."""

from labelport.kit.class_folders import laid_out

FORMAT = laid_out("Pictures by class")
