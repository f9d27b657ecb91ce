"""The figures of a study of prediction: several models on one axis, safe for the colour-blind."""
