"""From a cohort table to a paper's training and test patients."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from json import dumps
from pathlib import Path

from HematomaExpansionLib.cohort_table import read_cohort
from HematomaExpansionLib.errors import InputRefused, UsageError
from HematomaExpansionLib.prediction.feature_table import with_features
from HematomaExpansionLib.prediction.patient import Patient, Split
from HematomaExpansionLib.volumetry.expansion import Volumes

from .study import Study

TRAIN: Split = "train"
TEST: Split = "test"
EXTERNAL: Split = "external"
SETS: tuple[Split, ...] = (TRAIN, TEST, EXTERNAL)


@dataclass(frozen=True)
class StudyCohort:
    """A paper's patients.

    Attributes:
        path: of the table.
        read: patients in the table.
        patients: those that the paper would include and whose outcome is known, each with its set.
        excluded: how many were left out, by the first criterion that left them out.
        split_rule: how the sets were made, in words.
        simulated: whether the patients were simulated.
        volumes: measured at baseline and follow-up, by patient.
        ceiling: best AUC that anything can reach for the simulated outcome; None where nobody knows.
        remarks: what the table says of the outcome and of unused columns.
    """

    path: Path
    read: int
    patients: tuple[Patient, ...]
    excluded: dict[str, int]
    split_rule: str
    simulated: bool
    volumes: Mapping[str, Volumes]
    ceiling: float | None
    remarks: tuple[str, ...]

    @property
    def sets(self) -> tuple[Split, ...]:
        """Those that have patients."""
        return tuple(one for one in SETS if self.of(one))

    @property
    def source(self) -> str:
        """What the input was, for every table."""
        return "simulated" if self.simulated else "real"

    def of(self, wanted: Split) -> tuple[Patient, ...]:
        """The patients of one set."""
        return tuple(patient for patient in self.patients if patient.split == wanted)


def study_cohort(
    study: Study, path: Path, seed: int, simulated: bool | None = None, radiomics: Path | None = None
) -> StudyCohort:
    """Read a cohort, keep whom the paper would include, and divide them.

    The column ``split`` decides where the table has one; else patients are drawn, stratified by outcome, in
    the paper's share. A patient has one line, so that none is in two sets.

    Args:
        study: the paper.
        path: the table.
        seed: of the division.
        simulated: whether the patients were simulated; None to take it from the data dictionary beside it.
        radiomics: table of features; None for none.

    Raises:
        InputRefused: the table is wrong, or a set lacks patients with or without expansion.
        UsageError: nothing says whether the patients were simulated, or two things contradict.
    """
    table = read_cohort(path)
    if simulated is None and table.simulated is None:
        raise UsageError(f"{path}: simulated patients or real ones? No data dictionary says; give --data")
    if simulated is False and table.simulated is True:
        raise UsageError(
            f"{path}: its data dictionary says that the patients were simulated; --data says real"
        )
    patients, remarks = table.patients(study.outcome)
    if radiomics is not None:
        patients = with_features(patients, radiomics)
    kept, excluded = [], Counter[str]()
    for patient in patients:
        reasons = list(study.population.outside(patient))
        reasons += ["outcome not known"] if patient.expansion is None else []
        if reasons:
            excluded[reasons[0]] += 1
        else:
            kept.append(patient)
    divided, rule = _divided(study, path, kept, seed)
    for wanted in (TRAIN, TEST):
        outcomes = {patient.expansion for patient in divided if patient.split == wanted}
        if outcomes != {True, False}:
            raise InputRefused(
                f"{path}: the {wanted} set needs patients with and without {study.outcome.name}; "
                f"{len(kept)} of {len(patients)} patients are of the population of {study.paper}"
            )
    is_simulated = bool(table.simulated if simulated is None else simulated)
    return StudyCohort(
        path=path,
        read=len(patients),
        patients=tuple(divided),
        excluded=dict(excluded),
        split_rule=rule,
        simulated=is_simulated,
        volumes={row.name: row.volumes for row in table.rows},
        ceiling=table.ceiling,
        remarks=remarks,
    )


def fingerprint(patients: Sequence[Patient]) -> str:
    """SHA-256 of what was known of patients; of training patients it is kept in the bundle."""
    known = [[one.name, dict(one.values), one.expansion, dict(one.radiomics)] for one in patients]
    return sha256(dumps(known, sort_keys=True).encode()).hexdigest()


def _divided(study: Study, path: Path, patients: list[Patient], seed: int) -> tuple[list[Patient], str]:
    given = [patient for patient in patients if patient.split is not None]
    if given:
        if len(given) < len(patients):
            lacking = next(patient.name for patient in patients if patient.split is None)
            raise InputRefused(f"{path}: split: empty for {lacking}; give it for every patient or for none")
        return patients, "column split of the cohort"
    from sklearn.model_selection import train_test_split

    outcomes = [patient.expansion for patient in patients]
    if min(Counter(outcomes).values(), default=0) < 2 or len(set(outcomes)) < 2:
        raise InputRefused(
            f"{path}: {sum(map(bool, outcomes))} of {len(patients)} patients of the population of "
            f"{study.paper} expanded; at least two with and two without are needed"
        )
    _, held_out = train_test_split(
        range(len(patients)), test_size=study.test_share, random_state=seed, stratify=outcomes
    )
    test = set(held_out)
    divided = [replace(one, split=TEST if n in test else TRAIN) for n, one in enumerate(patients)]
    return divided, f"at random, stratified by outcome, seed {seed}: {study.share_source}"
