"""The 2D and 3D networks of Ning 2025 (Sci Rep): expansion from the haematoma, cropped."""
