"""Which studies of a patient belong together: the baseline of a bleed and its follow-ups."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from .server import StudyEntry


def episodes(studies: Iterable[StudyEntry], longest: timedelta) -> list[list[StudyEntry]]:
    """Studies by patient, in time order, cut where one begins later than ``longest`` after the first.

    A study without a patient's identifier or without a date stands alone: whose it is, or when it was made,
    cannot be told.
    """
    by_patient: dict[str, list[tuple[datetime, StudyEntry]]] = defaultdict(list)
    found: list[list[StudyEntry]] = []
    for study in studies:
        when = _time(study.started)
        if study.patient_id and when is not None:
            by_patient[study.patient_id].append((when, study))
        else:
            found.append([study])
    for timed in by_patient.values():
        begins: datetime | None = None
        for when, study in sorted(timed, key=lambda pair: (pair[0], pair[1].uid)):
            if begins is None or when - begins > longest:
                begins = when
                found.append([])
            found[-1].append(study)
    return found


def _time(started: str) -> datetime | None:
    for form in ("%Y%m%d%H%M%S", "%Y%m%d%H%M", "%Y%m%d%H", "%Y%m%d"):
        try:
            return datetime.strptime(started, form)
        except ValueError:
            continue
    return None
