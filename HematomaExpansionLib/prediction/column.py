"""Columns of a design: how each input of a classical model is made from what is known of a patient."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from .patient import Patient
from .values import named_values

RADIOMICS = "radiomics:"
"""Prefix of the name of a column that is a radiomics feature."""


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        name: in the model's state, in tables and in contributions.
        label: in words, with the unit.
        inputs: the values that it is made of.
        of: its number for a patient; None when it is not known.
    """

    name: str
    label: str
    inputs: tuple[str, ...]
    of: Callable[[Patient], float | None]

    def missing(self, patient: Patient) -> tuple[str, ...]:
        """The inputs that are not known, of a column that is not."""
        return tuple(name for name in self.inputs if patient.values.get(name) is None) or self.inputs


def value(name: str, label: str) -> Column:
    """A number as it is; yes is 1 and no is 0."""
    return Column(name, label, (name,), lambda patient: patient.number(name))


def score(identifier: str, label: str, inputs: tuple[str, ...]) -> Column:
    """Points of a published score, where everything that can change them is known."""

    def points(patient: Patient) -> float | None:
        from ..scores.evaluate import evaluate
        from ..scores.read import all_scores

        definition = next(one for one in all_scores() if one.id == identifier)
        answer = evaluate(definition, named_values(patient.values, "patient"))
        return float(answer.minimum) if answer.complete else None

    return Column(f"{identifier}_points", label, inputs, points)


def radiomics(name: str) -> Column:
    """A radiomics feature of the baseline, by its key in :attr:`.patient.Patient.radiomics`."""
    return Column(RADIOMICS + name, name, (RADIOMICS + name,), lambda patient: patient.radiomics.get(name))


def columns_named(names: Iterable[str], known: Iterable[Column]) -> tuple[Column, ...]:
    """The columns of a saved model.

    Args:
        names: in their order.
        known: columns that a name may mean; radiomics features need not be among them.

    Raises:
        KeyError: a name is neither.
    """
    by_name = {column.name: column for column in known}
    return tuple(
        radiomics(name.removeprefix(RADIOMICS)) if name.startswith(RADIOMICS) else by_name[name]
        for name in names
    )
