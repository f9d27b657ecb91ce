"""``hematoma-expansion scores``: the published risk scores without a CT."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ..errors import UsageError
from .output import Json, print_table, write_json

if TYPE_CHECKING:
    from ..clinical import ClinicalRecord
    from ..markers.reading import MarkerReading
    from ..scores.values import Value

YesNo = Literal["yes", "no"]
GIVEN = "given"


def scores(
    clinical: Annotated[
        Path | None, typer.Option(help="Clinical record: .json, .yaml or .csv; see clinical template.")
    ] = None,
    patient: Annotated[str | None, typer.Option(help="Which patient of a .csv with several.")] = None,
    volume: Annotated[float | None, typer.Option(min=0, help="Baseline ICH, mL.")] = None,
    ivh: Annotated[YesNo | None, typer.Option(help="Intraventricular blood at baseline.")] = None,
    location: Annotated[
        Literal["lobar", "deep", "infratentorial"] | None, typer.Option(help="Where the ICH is.")
    ] = None,
    marker: Annotated[
        list[str] | None, typer.Option(help="A marker at baseline, as blend=present; once each.")
    ] = None,
    followup_volume: Annotated[float | None, typer.Option(min=0, help="Follow-up ICH, mL.")] = None,
    followup_ivh: Annotated[YesNo | None, typer.Option(help="Intraventricular blood at follow-up.")] = None,
    score_file: Annotated[
        list[Path] | None, typer.Option(help="Compute your own score file instead of the published ones.")
    ] = None,
    to_json: Json = None,
) -> None:
    """Compute the published scores; what is missing gives the lowest and highest score."""
    from ..clinical import ClinicalRecord, read_clinical
    from ..scores.evaluate import evaluate_all
    from ..scores.read import read_score
    from ..scores.table import score_tables
    from ..scores.values import values_of_markers

    record = ClinicalRecord() if clinical is None else read_clinical(clinical, patient)
    values = {"baseline": _values(record, volume, ivh, location) | values_of_markers(_reading(marker or []))}
    if followup_volume is not None or followup_ivh is not None:
        values["followup-1"] = _values(record, followup_volume, followup_ivh, location)
    own = None if not score_file else [read_score(path) for path in score_file]
    answer = evaluate_all(values, own)
    for warning in record.warnings():
        typer.echo(f"warning: {warning}", err=True)
    if to_json is None:
        print_table(score_tables(answer))
    else:
        write_json(answer.model_dump(mode="json"), to_json)


def _values(
    record: "ClinicalRecord", volume: float | None, ivh: YesNo | None, location: str | None
) -> "dict[str, Value]":
    from ..scores.values import ABSENT, PRESENT, Value, values_of_record

    seen = {"yes": PRESENT, "no": ABSENT}
    given = {"ich_ml": volume, "ivh": None if ivh is None else seen[ivh], "location": location}
    return values_of_record(record) | {
        name: Value(value, GIVEN) for name, value in given.items() if value is not None
    }


def _reading(pairs: list[str]) -> "MarkerReading":
    from ..markers.finding import State
    from ..markers.marker import Marker
    from ..markers.reading import MarkerEntry, MarkerReading

    entries = {}
    for pair in pairs:
        name, _, state = pair.partition("=")
        if name not in list(Marker) or state not in list(State):
            raise UsageError(
                f"--marker {pair}: NAME=STATE is allowed, NAME one of {', '.join(Marker)}, "
                f"STATE one of {', '.join(State)}"
            )
        entries[Marker(name)] = MarkerEntry(reader_value=State(state), reader=GIVEN)
    return MarkerReading(entries)
