"""Zhong 2021: the volume and BAT models and the two-output 3D network."""
