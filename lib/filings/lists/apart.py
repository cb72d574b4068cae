"""Files nobody vouches for, read in a process of their own: none can take the command down.

The process lives on from list to list, and is replaced where one has broken it. Rows come over as
they are read, so that no list has to fit in memory twice.
"""

import atexit
import json
import os
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby, repeat
from operator import itemgetter
from pathlib import Path

from filings.lists import signs
from filings.lists.errors import ListError
from filings.lists.signs import Outside, Row

_MEMORY = 3 * 2**28  # bytes beyond those of the libraries: 1 GiB together
_SECONDS = 20
_BYTES_A_SECOND = 10_000  # what a list is allowed beyond that: several times what any needs
_ROWS_AT_ONCE = 1000
_MOST_CELLS = 20_000_000

_idle: list[subprocess.Popen] = []
if hasattr(os, "register_at_fork"):  # the pipes of a parent are not ours
    os.register_at_fork(after_in_child=_idle.clear)


@dataclass(frozen=True)
class Document:
    """A list as read. ``title`` is the text above the tables; tables come in order, once.

    ``outside`` fills while the tables are read.
    """

    title: str
    tables: Iterator[Iterable[Row]]
    outside: list[Outside]


def read(path: Path) -> Document:
    """The tables of a list, as ``tables.parts`` gives them. Raises ListError, now or while they
    are read, also for a file that takes more than 1 GiB of memory or its time.
    """
    outside: list[Outside] = []
    received = _received(path)
    title = next(received, "")

    def rows() -> Iterator[tuple[int, Row]]:
        for item in received:
            if isinstance(item, Outside):
                outside.append(item)
            else:
                yield from zip(repeat(item[0]), item[1], strict=False)

    by_table = groupby(rows(), key=itemgetter(0))
    return Document(title, ((row for _, row in group) for _, group in by_table), outside)


def _received(path: Path) -> Iterator:
    reader = _idle.pop() if _idle else _started()
    seconds = _SECONDS + (path.stat().st_size // _BYTES_A_SECOND if path.is_file() else 0)
    start = time.monotonic()
    watch = threading.Timer(seconds, reader.kill)
    watch.daemon = True
    watch.start()
    try:
        reader.stdin.write(json.dumps(str(path.absolute())).encode() + b"\n")
        reader.stdin.flush()
        while (item := pickle.load(reader.stdout)) is not None:
            if isinstance(item, ListError):
                _idle.append(reader)
                raise item
            yield item
        _idle.append(reader)
    except (EOFError, pickle.UnpicklingError, BrokenPipeError):
        late = time.monotonic() - start >= seconds
        problem = f"takes more than {f'{seconds} seconds' if late else '1 GiB of memory'} to read"
        remedy = "delete what lies beyond the table, or save the list anew"
        raise ListError(path, problem, remedy) from None
    finally:
        watch.cancel()
        if reader not in _idle:
            _stop(reader)


def _started() -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", f"import sys; sys.path[:] = {sys.path!r}; "
         "from filings.lists import apart; apart.serve()"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def _stop(reader: subprocess.Popen) -> None:
    reader.kill()
    with suppress(BrokenPipeError):
        reader.stdin.close()
    reader.stdout.close()
    reader.wait()


@atexit.register
def _stop_all() -> None:
    while _idle:
        _stop(_idle.pop())


# --- in the process of its own ----------------------------------------------------------------


def serve() -> None:
    """Read each list that a line of standard input names; write what it holds, then None."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no part of a list
    _limit_memory()
    for line in sys.stdin.buffer:
        try:
            for item in _sent(Path(json.loads(line))):
                pickle.dump(item, out, pickle.HIGHEST_PROTOCOL)
        except ListError as error:
            pickle.dump(error, out)
        else:
            pickle.dump(None, out)
        out.flush()


def _limit_memory() -> None:
    with suppress(ImportError, OSError, ValueError):  # not every system can, or needs to
        import resource

        pages = int(Path("/proc/self/statm").read_text().split()[0])
        most = pages * resource.getpagesize() + _MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _sent(path: Path) -> Iterator:
    """The title, then what stands outside the tables, and (table, rows) by the thousand."""
    # The readers of files are loaded in this process only, which is made when there is a list.
    from filings.lists.tables import parts

    cells = 0
    for number, part in enumerate(parts(path)):
        if isinstance(part, str | Outside):
            yield part
            continue
        chunk: list[Row] = []
        for row in part:
            chunk.append([signs.meant(cell) for cell in row] if signs.odd(row) else row)
            cells += len(row)
            if cells > _MOST_CELLS:
                problem = f"has more than {_MOST_CELLS:,} cells"
                raise ListError(path, problem, "delete what lies beyond the table")
            if len(chunk) == _ROWS_AT_ONCE:
                yield number, chunk
                chunk = []
        yield number, chunk
