"""What a report says, once: plain strings and pictures in reading order, for every format that shows them."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Answer:
    """One of the questions a reader comes with, answered in a few words.

    Attributes:
        question: the question.
        answer: the answer, a few words.
        detail: one or two sentences of evidence.
        tone: how it is set off; the words say the same, so colour is never needed to read it.
    """

    question: str
    answer: str
    detail: str
    tone: Literal["plain", "yes", "no", "unknown"] = "plain"


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    text: str


@dataclass(frozen=True)
class Bullets:
    """A list of sentences, under a few words that say what they are."""

    items: tuple[str, ...]
    title: str = ""


@dataclass(frozen=True)
class Table:
    """A table of strings; the first cell of a row names the row. A newline in a cell starts a new line.

    Attributes:
        title: what the table is of; may be empty under a heading that says it.
        header: names of the columns.
        rows: cells.
        note: how to read it.
        stacks: on a narrow screen each row may be set as a list of its cells with the column names.
        shares: of the width for each column, adding up to 1; empty to take what the words need.
    """

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    stacks: bool = False
    shares: tuple[float, ...] = ()


@dataclass(frozen=True)
class Figure:
    """A picture.

    Attributes:
        file: name of the file it is written to.
        png: the picture.
        alt: what it shows, for who cannot see it.
        caption: how to read it.
    """

    file: str
    png: bytes
    alt: str
    caption: str


Block = Text | Bullets | Table | Figure


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it.

    Attributes:
        title: the heading.
        blocks: in reading order.
        own_page: on paper it starts a page, and so does what follows it.
    """

    title: str
    blocks: tuple[Block, ...]
    own_page: bool = False


@dataclass(frozen=True)
class Content:
    """A whole report."""

    title: str
    subtitle: str
    disclaimer: str
    headline: str
    answers: tuple[Answer, ...]
    notice: str
    sections: tuple[Section, ...]

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Every figure, in reading order."""
        return tuple(b for section in self.sections for b in section.blocks if isinstance(b, Figure))
