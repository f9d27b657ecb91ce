"""What the watch does at each look at a real server, with studies it refuses, so that nothing is slow."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pydicom
import pytest

from HematomaExpansionLib.errors import OutputError, ServerUnreachable
from HematomaExpansionLib.pacs.episodes import episodes
from HematomaExpansionLib.pacs.journal import Entry, Journal
from HematomaExpansionLib.pacs.server import SeriesEntry, StudyEntry, connect
from HematomaExpansionLib.pacs.transfer import push
from HematomaExpansionLib.pacs.watch import Timing, Watch, content_of
from HematomaExpansionLib.progress import Progress
from HematomaExpansionLib.study import Options
from Testing.ct.phantom import Head, thorax
from Testing.pacs.orthanc import Orthanc, missing
from training.simulate.dicom_series import Slices, Tags, write_series

SHORT = Slices(tuple(3.0 * k for k in range(12)), rows=64, columns=64, pixel_mm=4.0)
LONG = Slices(tuple(5.0 * k - 75 for k in range(31)), rows=64, columns=64, pixel_mm=4.0)
AT_ONCE = Timing(every_s=0.05, stable_s=0.0, longest_wait_s=0.2, days=0)


class Watched:
    """A server of its own, a work folder, and the lines the watch said."""

    def __init__(self, orthanc: Orthanc, folder: Path) -> None:
        self.orthanc = orthanc
        self.work = folder / "work"
        self.work.mkdir()
        self.files = folder / "files"
        self.said: list[str] = []

    def watch(self, timing: Timing = AT_ONCE, protocol: str = "web") -> Watch:
        address = getattr(self.orthanc, protocol)
        server = connect(address, self.orthanc.title, self.orthanc.move_port, timeout_s=10)
        return Watch(server, self.work, Options(segmenter="threshold"), timing, self.said.append, Progress())

    def give(self, seed: int, volume: object, slices: Slices, **tags: object) -> str:
        """Push a series; its study's UID."""
        files = write_series(self.files / str(seed), volume, slices, Tags(**tags), seed=seed)
        push(connect(self.orthanc.web, timeout_s=10), files)
        return str(pydicom.dcmread(files[0]).StudyInstanceUID)

    def lines(self, study: str) -> list[str]:
        return [line for line in self.said if study in line]


@pytest.fixture(scope="module")
def own_orthanc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orthanc]:
    """A server whose studies are only those of the test that runs."""
    reason = missing()
    if reason:
        pytest.skip(reason)
    server = Orthanc(tmp_path_factory.mktemp("orthanc"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def watched(own_orthanc: Orthanc, tmp_path: Path) -> Iterator[Watched]:
    yield Watched(own_orthanc, tmp_path)
    own_orthanc.clear()


@pytest.mark.parametrize("protocol", ["web", "classic"])
def test_a_study_is_refused_once_and_again_only_when_it_has_grown(watched: Watched, protocol: str) -> None:
    study = watched.give(1, Head(), SHORT)
    watch = watched.watch(protocol=protocol)
    for _ in range(3):
        assert watch.step() is False
    assert len(watched.lines(study)) == 1
    assert "refused" in watched.said[0]
    assert "36 mm of coverage, at least 80 mm is needed" in watched.said[0]
    assert watched.watch().step() is False, "another process knows it from the journal"
    assert len(watched.lines(study)) == 1
    watched.give(1, thorax, LONG, number=3)
    watch.step()
    assert len([line for line in watched.lines(study) if "refused" in line]) == 2
    assert "a head CT shows 300-2300 mL" in watched.said[-1]
    assert list(watched.work.glob("scans*")) == [], "no scan is kept"


@pytest.mark.parametrize(
    ("tags", "reason"),
    [
        ({"contrast_agent": "Iohexol"}, "Contrast suspected"),
        ({"kernel": "BONE"}, "bone-kernel"),
        ({"modality": "MR"}, "no CT series of 10 slices or more"),
    ],
)
def test_what_a_person_should_look_at_is_not_analysed(
    watched: Watched, tags: dict[str, str], reason: str
) -> None:
    watched.give(5, Head(), LONG, **tags)
    if tags.get("modality") == "MR":  # beside a CT of two slices, or it would not be asked for
        watched.give(5, Head(), Slices((0.0, 5.0), rows=8, columns=8), number=9)
    watched.watch().step()
    (line,) = watched.said
    assert reason in line


def test_it_waits_until_a_study_stays_the_same(watched: Watched) -> None:
    """Ten slices come, then two more: a look in between must not take what is there."""
    timing = Timing(every_s=0.05, stable_s=1.0, longest_wait_s=0.2, days=0)
    watched.give(2, Head(), Slices(SHORT.table_mm[:10], rows=64, columns=64, pixel_mm=4.0))
    watch = watched.watch(timing)
    assert watch.step() is True
    watched.give(2, Head(), SHORT)
    assert watch.step() is True
    assert watched.said == []
    watch.run(lambda: bool(watched.said), once=True)
    assert "36 mm of coverage" in watched.said[0]


def test_results_that_were_made_are_stored_after_a_crash_once(watched: Watched) -> None:
    """The journal says made, the process died: the next one stores those very files and no more."""
    study = watched.give(3, Head(), SHORT)
    folder = watched.work / "results" / study
    one = Slices((0.0,), rows=8, columns=8, thickness_mm=5.0)
    (file,) = write_series(folder, Head(), one, Tags(number=90, modality="SR"), seed=3)
    server = connect(watched.orthanc.web)
    journal = Journal(watched.work / "journal.jsonl")
    name = str(file.relative_to(watched.work))
    journal.add(study, "made", content_of(server.series(study)), [name])
    watch = watched.watch()
    watch.step()
    watch.step()
    stored = [each for each in watched.orthanc.series() if each["SeriesNumber"] == "90"]
    assert [(each["study"], each["instances"]) for each in stored] == [(study, 1)]
    assert watched.said == [f"study {study}: 1 objects stored"]
    watched.give(3, Head(), LONG, number=4)
    watch.step()
    watch.step()
    changed = f"study {study}: has changed since its results were made; left as it is"
    assert watched.said[1:] == [changed], "a later series is said, once, and nothing is stored again"


def test_results_that_are_gone_are_said(watched: Watched) -> None:
    study = watched.give(3, Head(), SHORT)
    content = content_of(connect(watched.orthanc.web).series(study))
    Journal(watched.work / "journal.jsonl").add(study, "made", content, ["results/gone.dcm"])
    watch = watched.watch()
    watch.step()
    watch.step()
    (line,) = watched.said
    assert "failed, its results are no longer in" in line


@pytest.mark.parametrize("lost", [False, True], ids=["journal", "lost journal"])
def test_a_study_with_results_is_never_analysed_again(watched: Watched, lost: bool) -> None:
    """Not even when it is read as another study's baseline, is refused there, and grows after that."""
    baseline = watched.give(7, Head(), SHORT, patient_id="Q", acquired=datetime(2024, 3, 1))
    watched.give(7, Head(), SHORT, number=9102, modality="SR", description="HematomaExpansion measurements")
    path = watched.work / "journal.jsonl"
    if not lost:
        content = content_of(connect(watched.orthanc.web).series(baseline))
        Journal(path).add(baseline, "stored", content, ["results/a.dcm"])
    watch = watched.watch()
    watch.step()
    followup = watched.give(8, Head(), SHORT, patient_id="Q", acquired=datetime(2024, 3, 2))
    watch.step()
    assert "refused" in watched.lines(followup)[0]
    assert "refused" in watched.lines(baseline)[-1], "it was read for the follow-up"
    watched.give(7, thorax, LONG, number=3)
    before = len(watched.lines(followup))
    watch.step()
    assert len(watched.lines(followup)) == before
    assert not any("analysing" in line for line in watched.said)
    assert Journal(path)[baseline].state == ("refused" if lost else "stored")


def test_results_of_a_lost_journal_are_seen_on_the_server(watched: Watched) -> None:
    study = watched.give(4, Head(), LONG)
    watched.give(4, Head(), SHORT, number=9102, modality="SR", description="HematomaExpansion measurements")
    watch = watched.watch()
    for _ in range(2):
        assert watch.step() is False
    assert watched.said == [f"study {study}: has results of an earlier run; left as it is"]
    assert not (watched.work / "journal.jsonl").exists()


def test_a_server_that_is_away_is_waited_for(watched: Watched) -> None:
    watched.orthanc.stop()
    with pytest.raises(ServerUnreachable):
        watched.watch().run(lambda: False, once=True)
    watched.watch().run(lambda: len(watched.said) == 4)
    waits = [line.rsplit(" ", 2)[1] for line in watched.said]
    assert all("does not answer" in line for line in watched.said)
    assert waits == ["0"] * 4, "0.05, 0.1, 0.2 and no more than 0.2 s"
    watched.orthanc.start()
    study = watched.give(6, Head(), SHORT)
    watched.watch().run(lambda: bool(watched.lines(study)))
    assert "refused" in watched.lines(study)[0]


@pytest.mark.parametrize(
    ("started", "expected"),
    [
        ((("a", "P", "20240101080000"), ("b", "P", "20240102080000")), [["a", "b"]]),
        ((("b", "P", "20240102"), ("a", "P", "20240101235959")), [["a", "b"]]),
        ((("a", "P", "20240101080000"), ("b", "P", "20240108080000")), [["a", "b"]]),  # 7 days to the second
        ((("a", "P", "20240101080000"), ("b", "P", "20240108080001")), [["a"], ["b"]]),
        ((("a", "P", "20240101"), ("b", "Q", "20240101")), [["a"], ["b"]]),
        ((("a", "", "20240101"), ("b", "", "20240101")), [["a"], ["b"]]),
        ((("a", "P", ""), ("b", "P", "20240101")), [["a"], ["b"]]),
    ],
    ids=["next day", "order", "limit", "past it", "two patients", "no identifier", "no date"],
)
def test_studies_that_belong_together(
    started: tuple[tuple[str, str, str], ...], expected: list[list[str]]
) -> None:
    found = episodes([StudyEntry(*each) for each in started], timedelta(days=7))
    assert sorted([study.uid for study in episode] for episode in found) == expected


def test_our_own_objects_do_not_make_a_study_another() -> None:
    scans = [SeriesEntry("1.1", "CT", "head", 40), SeriesEntry("1.2", "CT", "bone", 40)]
    ours = SeriesEntry("9.1", "SEG", "HematomaExpansion baseline", 1)
    assert content_of(scans) == content_of([ours, *reversed(scans)])
    assert content_of(scans) != content_of([scans[0], SeriesEntry("1.2", "CT", "bone", 41)])


def test_the_journal_survives_a_cut_off_line(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    Journal(path).add("1", "made", "c", ["results/1/a.dcm"])
    Journal(path).add("1", "stored", "c", ["results/1/a.dcm"])
    Journal(path).add("2", "refused", "d", reason="not a head")
    whole = path.read_text()
    path.write_text(whole + '{"study": "3", "sta')
    journal = Journal(path)
    assert journal.made() == []
    assert journal["1"] == Entry("1", "stored", "c", ("results/1/a.dcm",))
    assert journal["3"] is None
    journal.add("3", "made", "e")
    assert [entry.study for entry in Journal(path).made()] == ["3"]
    path.write_text("nonsense\n" + whole)
    with pytest.raises(OutputError, match="line 1 is no entry of a journal"):
        Journal(path)
