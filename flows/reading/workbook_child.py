"""A workbook in, the cells of its sheets out: a program of its own, because its parser can abort.

calamine panics at some damage, and where a number in the file asks for more memory than there is
Rust ends the whole process; so does a sound workbook with a stray cell in its far corner. Here that
ends a child. It is run by its path, so that it needs nothing of the project.
"""

import pickle
import sys
from collections.abc import Sequence
from contextlib import suppress

Cells = Sequence[Sequence[object]]
Answer = Sequence[tuple[str, int, Cells]] | str
"""The name, the first row (from 0) and the cells of each sheet; or what is wrong."""


def answer(path: str, most_cells: int) -> Answer:
    """The sheets of the workbook at `path` that hold cells, at most `most_cells` each."""
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

    sheets: list[tuple[str, int, Cells]] = []
    try:
        workbook = CalamineWorkbook.from_path(path)
        for about in workbook.sheets_metadata:
            if about.typ != SheetTypeEnum.WorkSheet:
                continue
            sheet = workbook.get_sheet_by_name(about.name)
            if sheet.height * sheet.width > most_cells:
                return f"a sheet has room for {sheet.height * sheet.width:,} cells"
            if sheet.start is not None:
                sheets.append((sheet.name, sheet.start[0], sheet.to_python()))
    except (CalamineError, OSError, ValueError) as error:
        return f"{type(error).__name__}: {error}"
    except BaseException as error:
        # What calamine's Rust raises where it did not expect what it found; it has no public name.
        if type(error).__name__ != "PanicException":
            raise
        return "damaged"
    return sheets


def limit_memory(most_bytes: int) -> None:
    """Make too large a wish for memory fail at once, where the system knows such limits."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (most_bytes, hard))


if __name__ == "__main__":
    limit_memory(int(sys.argv[3]))
    pickle.dump(answer(sys.argv[1], int(sys.argv[2])), sys.stdout.buffer)
