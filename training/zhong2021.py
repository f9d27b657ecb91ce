"""``python -m training.zhong2021``: fit the volume and BAT models of Zhong 2021 to a cohort."""

from .classical.command import main

if __name__ == "__main__":
    main("zhong2021")
