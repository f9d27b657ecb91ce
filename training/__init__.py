"""Simulated heads with truth, and what is trained on them. Not part of the installed package."""
