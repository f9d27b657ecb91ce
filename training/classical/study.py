"""What each paper fitted and how it divided its patients."""

from dataclasses import dataclass

from HematomaExpansionLib.prediction import outcome
from HematomaExpansionLib.prediction.outcome import Outcome
from HematomaExpansionLib.prediction.population import POPULATIONS, Population


@dataclass(frozen=True)
class Study:
    """One paper.

    Attributes:
        paper: its name here.
        citation: where it stands.
        models: names of its classical models in the registry of predictors.
        outcome: what they predict.
        test_share: share of the patients that is held out when the cohort itself does not say who is.
        share_source: where that share comes from.
    """

    paper: str
    citation: str
    models: tuple[str, ...]
    outcome: Outcome
    test_share: float
    share_source: str

    @property
    def population(self) -> Population:
        """Whom it included."""
        return POPULATIONS[self.paper]


STUDIES = {
    study.paper: study
    for study in (
        Study(
            "lee2024",
            "Lee H, Lee J, Jang J, et al. Neuroradiology 2024;66:577-587",
            ("lee2024-clinical",),
            outcome.LEE2024,
            111 / 569,
            "111 of 569 patients, as in the paper",
        ),
        Study(
            "ning2025",
            "Ning Y, Yu Q, Fan X, et al. Sci Rep 2025, doi 10.1038/s41598-025-17393-4",
            (
                "ning2025-brain",
                "ning2025-clinical-radiologic",
                "ning2025-combined-logistic",
                "ning2025-combined-svm",
            ),
            outcome.NING2025,
            0.3,
            "7:3, as in the paper",
        ),
        Study(
            "zhong2021",
            "Zhong J, Jin Y, Song Z, et al. Stroke Vasc Neurol 2021;6:610-614",
            ("zhong2021-volume", "zhong2021-bat"),
            outcome.ZHONG2021,
            77 / 266,
            "77 of 266 patients, as in the paper (which divides by the date of admission)",
        ),
        Study(
            "lu2024",
            "Lu M, Wang Y, Tian J, Feng H. Diagn Interv Radiol 2024, doi 10.4274/dir.2024.222088",
            ("lu2024-radiomics",),
            outcome.LU2024,
            100 / 280,
            "100 of 280 patients, as in the paper",
        ),
    )
}
"""By paper."""
