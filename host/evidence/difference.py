"""What is recorded is not what it should be: where, and how."""

from typing import Any

from host.base.errors import ResguardoError


class Differs(ResguardoError):
    """The first difference: `table` and `row` say where, `column` too where it can be told.

    row: the row's key, None for the table as a whole.
    """

    def __init__(self, table: str, row: Any, what: str, column: str | None = None) -> None:
        self.table = table
        self.row = None if row is None else plain(row)
        self.column = column
        self.what = plain(what)
        place = f"table {table}" if row is None else f"table {table}, row {self.row}"
        super().__init__(f"{place}: {self.what}")

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        return {"table": self.table, "row": self.row, "column": self.column, "what": self.what}


def plain(value: Any) -> str:
    """A value as a line of text, whatever it holds."""
    if isinstance(value, tuple):
        return "/".join(map(plain, value))
    if isinstance(value, bytes):
        return value.hex() or "empty"
    text = str(value).encode("utf-8", "backslashreplace").decode()
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text)


def shown(value: Any, longest: int = 60) -> str:
    """A value within a sentence: cut where it is long."""
    text = plain(value)
    return text if len(text) <= longest else f"{text[:longest]}…"
