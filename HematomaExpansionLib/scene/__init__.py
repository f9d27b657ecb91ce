"""The MRML scene: volumes, segmentations and tables in, results out. The only room that knows Slicer."""
