"""Lee 2024 (Neuroradiology 66:577): Image-to-HE, and Integrated-to-HE with the clinical variables."""
