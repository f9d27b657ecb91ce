"""How every command writes what it found."""

import json
from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[str | None, typer.Option("--json", help="Write JSON to this file; - is standard output.")]


def write_json(value: object, target: str) -> None:
    """Write JSON to a file, whole or not at all; ``-`` is standard output."""
    text = json.dumps(value, indent=2)
    if target == "-":
        typer.echo(text)
        return
    from ..files import written_whole

    with written_whole(Path(target)) as temporary:
        temporary.write_text(text + "\n", encoding="utf-8")


def print_table(table: object) -> None:
    """Print a table to standard output."""
    from rich.console import Console

    Console().print(table)
