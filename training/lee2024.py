"""``python -m training.lee2024``: fit Clinical-to-HE of Lee 2024 to a cohort."""

from .classical.command import main

if __name__ == "__main__":
    main("lee2024")
