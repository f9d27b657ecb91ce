"""The service: wait for stable studies on a PACS, analyse them, give the results back, each once."""

import hashlib
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from ..ct.checks import MIN_SLICES
from ..ct.scan import HeadCT
from ..errors import Cancelled, InputRefused, NotAHeadCT, OutputError, ServerError, ServerUnreachable
from ..progress import Progress
from ..report.dicom.codes import MODEL
from ..report.dicom.source import SourceSeries
from ..study import Options
from .episodes import episodes
from .journal import Entry, Journal, State
from .results import checked_scan, make_results
from .server import SeriesEntry, Server, StudyEntry

_NAP_S = 0.2
_DONE = ("made", "stored")


@dataclass(frozen=True)
class Timing:
    """How often and how long.

    Attributes:
        every_s: between two looks at the server.
        stable_s: a study whose series have not changed for so long is complete.
        longest_wait_s: between two tries while the server does not answer; the wait doubles up to it.
        days: how old a study may be, by its date; 0 for any age.
        episode: a study later than this after a baseline begins a new bleed.
    """

    every_s: float = 15.0
    stable_s: float = 60.0
    longest_wait_s: float = 300.0
    days: int = 3
    episode: timedelta = timedelta(days=7)


class Watch:
    """A server, a work folder and what has been seen so far.

    Args:
        server: the PACS.
        work: folder of the journal, of results and, while they are needed, of scans.
        options: of the analysis.
        timing: how often and how long.
        say: takes one line of log; it names studies by UID and no patient.
        progress: of the analysis; its cancellation stops the service.
    """

    def __init__(
        self,
        server: Server,
        work: Path,
        options: Options,
        timing: Timing,
        say: Callable[[str], None],
        progress: Progress,
    ) -> None:
        """Read the journal; nothing is sent."""
        self._server, self._work, self._options, self._timing = server, work, options, timing
        self._say, self._progress = say, progress
        self._journal = Journal(work / "journal.jsonl")
        self._seen: dict[str, tuple[str, float]] = {}
        self._known: set[str] = set()

    def run(self, cancelled: Callable[[], bool], once: bool = False) -> None:
        """Go on until ``cancelled``, or with ``once`` until every study on the server is dealt with.

        Raises:
            ServerError: with ``once`` only; else the service waits and tries again.
            OutputError: the work folder cannot be written.
        """
        wait = self._timing.every_s
        while not cancelled():
            try:
                left = self.step()
                wait = self._timing.every_s
                if once and not left:
                    return
            except ServerError as error:
                if once:
                    raise
                self._say(f"{error}; trying again in {wait:.0f} s")
                self._sleep(wait, cancelled)
                wait = min(2 * wait, self._timing.longest_wait_s)
                continue
            except Cancelled:
                return
            self._sleep(wait, cancelled)

    def step(self) -> bool:
        """Look once: store what is left, then analyse every patient whose studies are stable.

        Returns:
            Whether a study is not stable yet, so that there is something to come back for.
        """
        for entry in self._journal.made():
            self._store(entry)
        studies = self._server.studies(days=self._days())
        series = {study.uid: self._server.series(study.uid) for study in studies}
        unstable = {uid for uid, held in series.items() if not self._stable(uid, content_of(held))}
        for episode in episodes(studies, self._timing.episode):
            todo = [study for study in episode if self._open(study.uid, series[study.uid])]
            if todo and not unstable & {study.uid for study in episode}:
                self._analyse(episode, {study.uid for study in todo}, series)
        return bool(unstable)

    def _days(self) -> str:
        if not self._timing.days:
            return ""
        return f"{date.today() - timedelta(days=self._timing.days):%Y%m%d}-"

    def _stable(self, study: str, content: str) -> bool:
        now = time.monotonic()
        before, since = self._seen.get(study, ("", now))
        if before != content:
            since = now
        self._seen[study] = (content, since)
        return now - since >= self._timing.stable_s

    def _open(self, study: str, series: Sequence[SeriesEntry]) -> bool:
        """Whether a study still needs an analysis. One that has results of ours never does."""
        entry = self._journal[study]
        changed = entry is not None and entry.content != content_of(series)
        done = entry is not None and entry.state in _DONE
        if not done and not any(is_ours(each) for each in series):
            return entry is None or changed
        if (entry is None or (done and changed)) and study not in self._known:
            self._known.add(study)
            since = "has changed since its results were made" if changed else "has results of an earlier run"
            self._say(f"study {study}: {since}; left as it is")
        return False

    def _analyse(
        self, episode: Sequence[StudyEntry], todo: set[str], series: dict[str, list[SeriesEntry]]
    ) -> None:
        """Fetch the scans of a patient, analyse them together, and store the results that are missing."""
        folder = self._work / "scans"
        scans: dict[str, tuple[HeadCT, SourceSeries]] = {}
        try:
            for study in episode:
                entry = self._journal[study.uid]
                if study.uid in todo or entry is None or entry.state != "refused":
                    self._read(study.uid, series[study.uid], folder, scans)
            wanted = {uid: content_of(series[uid]) for uid in scans if uid in todo}
            if wanted:
                self._make(scans, wanted)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        for entry in self._journal.made():
            self._store(entry)

    def _read(
        self,
        study: str,
        series: Sequence[SeriesEntry],
        folder: Path,
        scans: dict[str, tuple[HeadCT, SourceSeries]],
    ) -> None:
        """Fetch a study and add its head CT to ``scans``, or note why it has none."""
        try:
            wanted = [each for each in series if each.modality == "CT" and each.instances >= MIN_SLICES]
            if not wanted:
                raise NotAHeadCT(f"no CT series of {MIN_SLICES} slices or more")
            for each in wanted:
                self._server.fetch(study, each, folder / study / each.uid)
            scans[study] = checked_scan(folder / study)
        except (ServerUnreachable, OutputError):
            raise
        except ServerError as error:
            self._note(study, "failed", content_of(series), str(error))
        except InputRefused as error:
            self._note(study, "refused", content_of(series), str(error))

    def _make(self, scans: dict[str, tuple[HeadCT, SourceSeries]], wanted: dict[str, str]) -> None:
        """Analyse; what breaks is noted, so that one patient does not stop the service.

        Where scans are refused together, each that needs results is analysed alone: one may be good.
        """
        self._say(f"analysing {len(scans)} studies of one patient: {', '.join(scans)}")
        try:
            made = make_results(scans, self._options, self._work / "results", self._progress)
        except (Cancelled, OutputError):
            raise
        except InputRefused as error:
            for study, content in wanted.items():
                if len(scans) == 1:
                    self._note(study, "refused", content, str(error))
                else:
                    self._make({study: scans[study]}, {study: content})
            return
        except Exception as error:
            for study, content in wanted.items():
                self._note(study, "failed", content, f"{type(error).__name__}: {error}")
            return
        for study, content in wanted.items():
            files = [str(file.relative_to(self._work)) for file in made[study]]
            self._journal.add(study, "made", content, files)

    def _store(self, entry: Entry) -> None:
        files = [self._work / file for file in entry.files]
        try:
            if not all(file.exists() for file in files):
                raise ServerError(f"its results are no longer in {self._work}")
            self._server.store(files)
        except ServerUnreachable:
            raise
        except ServerError as error:
            self._note(entry.study, "failed", entry.content, str(error))
            return
        self._journal.add(entry.study, "stored", entry.content, entry.files)
        self._say(f"study {entry.study}: {len(entry.files)} objects stored")

    def _note(self, study: str, state: State, content: str, reason: str) -> None:
        """Say why a study has no results; one that has some keeps them in the journal."""
        reason = " ".join(reason.split())
        self._say(f"study {study}: {state}, {reason}")
        entry = self._journal[study]
        if entry is None or entry.state != "stored":
            self._journal.add(study, state, content, reason=reason)

    def _sleep(self, seconds: float, cancelled: Callable[[], bool]) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until and not cancelled():
            time.sleep(_NAP_S)


def is_ours(series: SeriesEntry) -> bool:
    """Whether this software made a series: what it writes is described by its name."""
    return series.description.startswith(MODEL)


def content_of(series: Sequence[SeriesEntry]) -> str:
    """What a study holds that could be analysed: a hash of its CT series and their numbers of instances."""
    found = sorted((each.uid, each.instances) for each in series if each.modality == "CT")
    return hashlib.sha256(repr(found).encode()).hexdigest()
