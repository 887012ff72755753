"""DICOM files read by pydicom: series sorted into volumes, and segmentations placed on them."""
