"""Who is learnt from, watched and scored in the turns of a cross-validation."""

from dataclasses import dataclass

import pytest

from HematomaExpansionLib.prediction.patient import Patient
from training.image_cohort import turns


@dataclass(frozen=True)
class Prepared:
    patient: Patient


EVERYBODY = [Prepared(Patient(name=f"p{number}", expansion=number % 3 == 0)) for number in range(12)]


def names(items: list[Prepared]) -> set[str]:
    return {one.patient.name for one in items}


@pytest.mark.parametrize("stops_early", [False, True])
def test_who_is_scored_neither_taught_nor_chose(stops_early: bool):
    everybody, scored_before = names(EVERYBODY), set()
    for learnt, watched, scored in turns(EVERYBODY, 4, 1, stops_early):
        if stops_early:
            assert names(watched).isdisjoint(names(scored))
        else:
            assert watched == scored
        assert names(learnt) == everybody - names(watched) - names(scored)
        assert sum(one.patient.expansion for one in scored) == 1
        assert names(scored).isdisjoint(scored_before)
        scored_before |= names(scored)
    assert scored_before == everybody
