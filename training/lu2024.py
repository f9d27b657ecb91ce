"""``python -m training.lu2024``: fit the radiomics vector machine of Lu 2024 to a cohort."""

from .classical.command import main

if __name__ == "__main__":
    main("lu2024")
