"""The report as one HTML file that needs nothing else: no script, no network, pictures inside."""

from base64 import b64encode
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from .content import Content

if TYPE_CHECKING:
    from jinja2 import Template


def html_report(content: Content) -> str:
    """Render the content; every string is escaped."""
    return _template().render(content=content) + "\n"


@cache
def _template() -> "Template":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["base64"] = lambda data: b64encode(data).decode("ascii")
    environment.filters["kind"] = lambda block: type(block).__name__
    return environment.get_template("report.html.j2")
