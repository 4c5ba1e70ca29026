"""Tables of Markdown, readable as they are on a terminal."""

from __future__ import annotations

from collections.abc import Sequence


def markdown(titles: Sequence[str], rows: Sequence[Sequence[object]], *, figures: bool = False) -> str:
    """Lay out a table.

    :param titles: the first row.
    :param rows: the others, each with as many cells.
    :param figures: all but the first column are to the right.
    :return: the table's lines, without one that is empty at the end
    """
    cells = [[_cell(value) for value in row] for row in (titles, *rows)]
    widths = [max(3, *map(len, column)) for column in zip(*cells, strict=True)]
    right = [figures and number > 0 for number in range(len(widths))]
    ruler = ["-" * (width - 1) + (":" if to_right else "-") for width, to_right in zip(widths, right, strict=True)]
    lines = []
    for row in (cells[0], ruler, *cells[1:]):
        laid = (
            cell.rjust(width) if to_right else cell.ljust(width)
            for cell, width, to_right in zip(row, widths, right, strict=True)
        )
        lines.append(f"| {' | '.join(laid)} |")
    return "\n".join(lines)


def _cell(value: object) -> str:
    return " ".join(str(value).split()).replace("|", "\\|")
