"""PyTorch modules, one file an architecture; importing one needs torch and monai."""
