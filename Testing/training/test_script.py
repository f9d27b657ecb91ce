"""The training commands end as they say, and refuse what makes no sense."""

import argparse
from pathlib import Path

import pytest

from HematomaExpansionLib.errors import InputRefused, ModelError
from training import script


@pytest.mark.parametrize(
    ("raised", "resumable", "code", "said"),
    [
        (None, True, 0, ""),
        (InputRefused("cohort.csv: nobody"), True, 3, "training.tiny: cohort.csv: nobody\n"),
        (ModelError("weights: none"), False, 4, "training.tiny: weights: none\n"),
        (KeyboardInterrupt(), True, 130, "stopped; --resume goes on from the last checkpoint\n"),
        (KeyboardInterrupt(), False, 130, "stopped\n"),
    ],
)
def test_how_a_training_ends(
    raised: BaseException | None,
    resumable: bool,
    code: int,
    said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def train(options: argparse.Namespace) -> None:
        if raised is not None:
            raise raised

    options = argparse.Namespace(threads=None, **({"resume": False} if resumable else {}))
    assert script.run("tiny", train, options) == code
    assert capsys.readouterr().err == said


def test_numbers_that_are_too_small_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    parser = script.parser_of("tiny", None)
    options = argparse.Namespace(batch=1, real_repeat=0, threads=None)
    script.check_least(parser, options, "batch", "threads")
    with pytest.raises(SystemExit):
        script.check_least(parser, options, "batch", "real_repeat")
    assert "--real-repeat is 0; it must be at least 1" in capsys.readouterr().err


def test_where_a_training_is_kept_and_what_its_patients_are() -> None:
    assert script.run_folder(Path("models/lee")) == Path("models/lee-run")
    told = {
        word: script.said_simulated(argparse.Namespace(data=word)) for word in (None, "simulated", "real")
    }
    assert told == {None: None, "simulated": True, "real": False}
