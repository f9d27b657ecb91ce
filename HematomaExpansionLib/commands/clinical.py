"""``hematoma-expansion clinical``: the clinical record's template and schema."""

import json

import typer

app = typer.Typer(name="clinical", help="The clinical record: template, schema.", no_args_is_help=True)


@app.command()
def template() -> None:
    """Print an annotated, empty record to fill in (YAML)."""
    from ..clinical import template as annotated

    typer.echo(annotated(), nl=False)


@app.command()
def schema() -> None:
    """Print the JSON schema of the record, for forms."""
    from ..clinical import ClinicalRecord

    typer.echo(json.dumps(ClinicalRecord.model_json_schema(), indent=2))
