"""``python -m training.ning2025``: fit the baseline models of Ning 2025 to a cohort."""

from .classical.command import main

if __name__ == "__main__":
    main("ning2025")
