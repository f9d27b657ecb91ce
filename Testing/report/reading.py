"""What a reader of the HTML finds: its text, its tables, its pictures."""

from html.parser import HTMLParser

_VOID = {"col", "meta", "link", "img", "br", "hr", "input"}
_HIDDEN = {"style", "title", "script"}


class Page(HTMLParser):
    """A page that was read.

    Attributes:
        tags: every tag with its attributes, in order.
        words: visible text with single spaces.
        rows: cells of every table row, in order.
    """

    def __init__(self, html: str) -> None:
        """Read the page."""
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.rows: list[list[str]] = []
        self._open: list[str] = []
        self._texts: list[str] = []
        self.feed(html)
        self.close()
        self.words = " ".join(" ".join(self._texts).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in _VOID:
            self._open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        if not _HIDDEN & set(self._open):
            self._texts.append(data)
        if "td" in self._open or "th" in self._open:
            self.rows[-1][-1] += data

    def row(self, name: str) -> list[str]:
        """The cells beside the first row of that name."""
        return next(cells[1:] for cells in self.rows if cells and cells[0] == name)
