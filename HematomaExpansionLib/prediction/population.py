"""Which patients each paper's models were made for."""

from dataclasses import dataclass

from .patient import Patient


@dataclass(frozen=True)
class Population:
    """Criteria that this library can check; the papers also exclude secondary bleeds and poor images.

    Attributes:
        min_age_years: youngest age that is included.
        max_onset_to_ct_h: latest baseline CT; None for no limit.
        followup_h: earliest and latest follow-up after the baseline CT.
        supratentorial: whether infratentorial bleeds are excluded.
    """

    min_age_years: float
    max_onset_to_ct_h: float | None
    followup_h: tuple[float, float]
    supratentorial: bool = False

    @property
    def text(self) -> str:
        """The criteria in words."""
        first, last = self.followup_h
        parts = [f"{self.min_age_years:g} years or older"]
        parts += (
            [] if self.max_onset_to_ct_h is None else [f"CT up to {self.max_onset_to_ct_h:g} h after onset"]
        )
        parts += [f"follow-up {first:g} to {last:g} h after the CT", "parenchymal blood"]
        parts += ["supratentorial"] if self.supratentorial else []
        return ", ".join([*parts, "no surgery or drain before the follow-up"])

    def outside(self, patient: Patient) -> tuple[str, ...]:
        """Criteria that a patient is known not to meet; what is not known excludes nobody."""
        age, onset = patient.number("age_years"), patient.number("onset_to_ct_h")
        followup, ich = patient.number("ct_to_followup_h"), patient.number("ich_ml")
        limit, (first, last) = self.max_onset_to_ct_h, self.followup_h
        late = limit is not None and onset is not None and onset > limit
        found = {
            f"younger than {self.min_age_years:g} years": age is not None and age < self.min_age_years,
            f"CT more than {limit or 0:g} h after onset": late,
            f"follow-up not {first:g} to {last:g} h after the CT": followup is not None
            and not first <= followup <= last,
            "infratentorial": self.supratentorial and patient.values.get("location") == "infratentorial",
            "no parenchymal blood": ich == 0,
            "surgery or drain before the follow-up": patient.values.get("surgery_before_followup") is True,
        }
        return tuple(criterion for criterion, met in found.items() if met)


POPULATIONS = {
    "lee2024": Population(19, None, (0, 24)),
    "ning2025": Population(18, 24, (0, 72)),
    "zhong2021": Population(18, 8, (20, 24), supratentorial=True),
    "lu2024": Population(18, 24, (0, 72)),
}
"""By paper. "Over 18 years" (Zhong, Lu) is read as 18 or more, as ages are whole years."""


def population_of(model: str) -> Population | None:
    """The population of a model by its name, ``PAPER-model``; None for a model of no paper."""
    return POPULATIONS.get(model.partition("-")[0])
