"""Readings with overrides, their CSV, and agreement."""

from pathlib import Path

import pytest

from HematomaExpansionLib.errors import UnreadableFile, UsageError
from HematomaExpansionLib.markers.agreement import Disagreement, compare
from HematomaExpansionLib.markers.finding import State
from HematomaExpansionLib.markers.marker import Marker
from HematomaExpansionLib.markers.reading import (
    MarkerEntry,
    MarkerReading,
    load_reading,
    load_readings,
    write_reading,
)
from Testing.markers.drawing import Drawing

PRESENT, ABSENT, INDETERMINATE = State.PRESENT, State.ABSENT, State.INDETERMINATE


def reading() -> MarkerReading:
    drawing = Drawing()
    drawing.density(drawing.disc(0, 0, 4), 30)
    return MarkerReading.automatic(drawing.read().record)


def test_an_override_stands_beside_the_automatic_value() -> None:
    overridden = reading().override(Marker.BLACK_HOLE, ABSENT, "A. Reader")
    entry = overridden.entries[Marker.BLACK_HOLE]
    assert (entry.value, entry.automatic, entry.decided_by) == (ABSENT, PRESENT, "A. Reader")
    assert overridden.entries[Marker.HYPODENSITY].decided_by == "automatic"
    assert overridden.withdraw(Marker.BLACK_HOLE).value(Marker.BLACK_HOLE) is PRESENT
    assert reading().value(Marker.BLACK_HOLE) is PRESENT


@pytest.mark.parametrize("reader", ["", "  ", "automatic"])
def test_an_override_needs_a_name(reader: str) -> None:
    with pytest.raises(UsageError, match="black_hole: an override needs the reader's name"):
        reading().override(Marker.BLACK_HOLE, ABSENT, reader)


def test_csv_keeps_everything(tmp_path: Path) -> None:
    before = reading().override(Marker.SWIRL, INDETERMINATE, 'Reader, "B"')
    write_reading(before, tmp_path / "reading.csv")
    after = load_reading(tmp_path / "reading.csv")
    assert set(after.entries) == set(Marker)
    for marker, entry in before.entries.items():
        again = after.entries[marker]
        assert (again.automatic, again.reader_value, again.reader) == (
            entry.automatic,
            entry.reader_value,
            entry.reader,
        )
        assert again.slice_index == entry.slice_index
        assert again.confidence == pytest.approx(entry.confidence, abs=1e-4)
        assert again.measures == pytest.approx(entry.measures, rel=1e-5)


def test_a_reader_may_fill_in_a_bare_table() -> None:
    text = "marker,automatic,reader_value,reader\nswirl,,Present,B\nblend,absent,,\n"
    found = MarkerReading.from_csv(text, "mine.csv")
    assert found.entries[Marker.SWIRL] == MarkerEntry(reader_value=PRESENT, reader="B")
    assert found.value(Marker.BLEND) is ABSENT
    assert found.value(Marker.ISLAND) is None
    assert found.entries[Marker.ISLAND].decided_by == ""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("marker,reader\nswirl,B\n", "mine.csv: no column automatic, reader_value"),
        ("", "no column automatic, marker, reader, reader_value"),
        (
            "marker,automatic,reader_value,reader\nspiral,,present,B\n",
            "line 2: 'spiral' is not a valid Marker",
        ),
        ("marker,automatic,reader_value,reader\nswirl,,maybe,B\n", "line 2: 'maybe' is not a valid State"),
        (
            "marker,automatic,reader_value,reader\nblend,,,\nswirl,,absent,\n",
            "line 3: a reader_value without",
        ),
    ],
)
def test_a_wrong_table_is_refused_with_its_line(text: str, message: str) -> None:
    with pytest.raises(UnreadableFile, match=message):
        MarkerReading.from_csv(text, "mine.csv")


def test_readings_of_several_scans_are_told_apart(tmp_path: Path) -> None:
    head = "timepoint,marker,automatic,reader_value,reader\n"
    (tmp_path / "markers.csv").write_text(
        head + "baseline,swirl,absent,present,B\nfollowup-1,swirl,present,,\n,blend,,absent,C\n"
    )
    found = load_readings(tmp_path / "markers.csv")
    assert set(found) == {"baseline", "followup-1"}
    assert found["baseline"].value(Marker.SWIRL) is PRESENT
    assert found["baseline"].entries[Marker.BLEND].decided_by == "C"
    assert found["followup-1"].entries[Marker.SWIRL] == MarkerEntry(automatic=PRESENT)
    assert found["followup-1"].value(Marker.BLEND) is None


def test_a_reader_decides_where_there_is_a_value_of_hers() -> None:
    reader = MarkerReading.unread().override(Marker.BLACK_HOLE, ABSENT, "B")
    both = reading().overridden_by(reader)
    assert both.entries[Marker.BLACK_HOLE].automatic is PRESENT
    assert both.value(Marker.BLACK_HOLE) is ABSENT
    assert both.entries[Marker.HYPODENSITY] == reading().entries[Marker.HYPODENSITY]


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"none\.csv"):
        load_reading(tmp_path / "none.csv")


def entries(**values: State | None) -> MarkerReading:
    return MarkerReading(
        {marker: MarkerEntry(automatic=values.get(str(marker), ABSENT)) for marker in Marker}
    )


def test_two_readings_compare() -> None:
    first = [entries(swirl=PRESENT), entries(swirl=PRESENT), entries(), entries(blend=INDETERMINATE)]
    second = [entries(swirl=PRESENT), entries(), entries(), entries(island=None)]
    found = compare(["a", "b", "c", "d"], first, second)
    assert found.by_marker[Marker.SWIRL].kappa.value == pytest.approx(0.5)
    assert (found.by_marker[Marker.SWIRL].scans, found.by_marker[Marker.SWIRL].agreed) == (4, 3)
    # Indeterminate and unread are no part of kappa, but are listed.
    assert (found.by_marker[Marker.BLEND].scans, found.by_marker[Marker.ISLAND].scans) == (3, 3)
    assert found.overall.scans == 34
    assert set(found.disagreements) == {
        Disagreement("b", Marker.SWIRL, PRESENT, ABSENT),
        Disagreement("d", Marker.BLEND, INDETERMINATE, ABSENT),
        Disagreement("d", Marker.ISLAND, ABSENT, None),
    }


def test_software_and_reader_of_one_set_compare() -> None:
    one = reading().override(Marker.BLACK_HOLE, ABSENT, "B").override(Marker.BLEND, ABSENT, "B")
    found = compare(["a"], [one], [one], ("automatic", "reader_value"))
    told = [each for each in found.disagreements if each.second is not None]
    assert told == [Disagreement("a", Marker.BLACK_HOLE, PRESENT, ABSENT)]
    assert found.overall.scans == 2


def test_sets_of_different_length_are_refused() -> None:
    with pytest.raises(UsageError, match="2 scans, 1 and 1 readings"):
        compare(["a", "b"], [entries()], [entries()])
