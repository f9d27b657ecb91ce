"""Ning 2025: BRAIN, clinical-radiologic and combined models, and the 2D and 3D networks."""
