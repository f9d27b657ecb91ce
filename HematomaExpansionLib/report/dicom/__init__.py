"""DICOM out: segmentations, measurement reports, the PDF and its figures, for the study of the scans."""
