"""The device that a network runs on."""

import pytest

from HematomaExpansionLib.device import choose_device
from HematomaExpansionLib.errors import UsageError


def test_the_cpu_needs_nothing() -> None:
    assert choose_device("cpu") == "cpu"


def test_auto_is_cuda_exactly_where_torch_finds_it() -> None:
    torch = pytest.importorskip("torch")
    assert choose_device("auto") == ("cuda" if torch.cuda.is_available() else "cpu")


def test_cuda_is_refused_where_there_is_none() -> None:
    torch = pytest.importorskip("torch")
    if torch.cuda.is_available():
        assert choose_device("cuda") == "cuda"
    else:
        with pytest.raises(UsageError, match="no CUDA device"):
            choose_device("cuda")


def test_another_word_is_refused_with_the_choices() -> None:
    with pytest.raises(UsageError, match=r"'gpu': choose one of auto, cpu, cuda"):
        choose_device("gpu")
