"""The one interface of all predictors, classical and deep."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, Self

from .design import Missing
from .outcome import Outcome
from .patient import Patient
from .prediction import Estimate

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class State:
    """Everything that was learnt.

    Attributes:
        parameters: JSON-able: names of inputs, settings, policy; every fitted number is in ``arrays``.
        arrays: fitted numbers by name.
    """

    parameters: Mapping[str, Any] = field(default_factory=dict)
    arrays: "Mapping[str, NDArray[Any]]" = field(default_factory=dict)


@dataclass(frozen=True)
class Threshold:
    """A probability from which expansion is expected, chosen on training patients only and locked.

    Attributes:
        probability: 0-1; reaching it counts.
        rule: how it was chosen, in words.
    """

    probability: float
    rule: str

    def reached_by(self, probability: float | None) -> bool | None:
        """Whether expansion is expected; None without a probability."""
        return None if probability is None else probability >= self.probability


class Predictor(Protocol):
    """A fitted model; it never changes after it was made."""

    name: ClassVar[str]
    """Name of the kind of model, as in :data:`.registry.PREDICTORS`."""
    outcome: ClassVar[Outcome]
    """What it predicts."""

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the values (or ``baseline``, ``baseline_mask``, ``radiomics``) that it asks for."""
        ...

    @property
    def threshold(self) -> Threshold | None:
        """The locked threshold; None when the model has none."""
        ...

    def predict(self, patient: Patient) -> Estimate:
        """Estimate the probability of expansion; what is missing is named, never guessed silently."""
        ...

    def state(self) -> State:
        """What :meth:`from_state` needs to make the same predictor."""
        ...

    @classmethod
    def from_state(cls, state: State) -> Self:
        """Make the predictor again.

        Raises:
            KeyError: the state lacks something.
            ValueError: the state does not fit together.
        """
        ...


class Trainable(Predictor, Protocol):
    """A predictor that is fitted here; deep ones are fitted by the scripts of ``training``."""

    @classmethod
    def fit(cls, patients: Sequence[Patient], seed: int, missing: Missing = "complete-case") -> Self:
        """Fit to training patients; the same patients and seed give the same bytes.

        Args:
            patients: training patients only, each with a known outcome.
            seed: of everything random.
            missing: policy for missing inputs, see :mod:`.design`.

        Raises:
            InputRefused: too few patients, one outcome only, or an input that nobody has.
        """
        ...
