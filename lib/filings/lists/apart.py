"""Files nobody vouches for, read in a process of their own: none can take the command down.

The process lives on from list to list, and is replaced where one has broken it.
"""

import atexit
import json
import os
import pickle
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

from filings.lists.document import Document, ListError

_MEMORY = 3 * 2**28  # bytes beyond those of the libraries: 1 GiB together
_SECONDS = 20
_BYTES_A_SECOND = 10_000  # what a list is allowed beyond that: several times what any needs


class _Reader(subprocess.Popen[bytes]):
    """A process that reads lists."""

    stdin: IO[bytes]
    stdout: IO[bytes]

    def __init__(self) -> None:
        code = (
            f"import sys; sys.path[:] = {sys.path!r}; "
            "from filings.lists import apart; apart.serve()"
        )
        pipe = subprocess.PIPE
        super().__init__(
            [sys.executable, "-c", code], stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL
        )

    def ask(self, path: Path) -> Document | ListError:
        """What it makes of a list."""
        self.stdin.write(json.dumps(str(path.absolute())).encode() + b"\n")
        self.stdin.flush()
        return pickle.load(self.stdout)

    def stop(self) -> None:
        """End it."""
        self.kill()
        with suppress(BrokenPipeError):
            self.stdin.close()
        self.stdout.close()
        self.wait()


_idle: list[_Reader] = []
if hasattr(os, "register_at_fork"):  # the pipes of a parent are not ours
    os.register_at_fork(after_in_child=_idle.clear)


def read(path: Path) -> Document:
    """The tables of a list, and the texts around them, as `tables.read` finds them.

    Raises
    ------
    ListError
        Also for a file that takes more than 1 GiB of memory or its time.
    """
    reader = _idle.pop() if _idle else _Reader()
    seconds = _SECONDS + (path.stat().st_size // _BYTES_A_SECOND if path.is_file() else 0)
    start = time.monotonic()
    watch = threading.Timer(seconds, reader.kill)
    watch.daemon = True
    watch.start()
    found = None
    try:
        found = reader.ask(path)
    except (EOFError, pickle.UnpicklingError, BrokenPipeError):
        late = time.monotonic() - start >= seconds
        problem = f"takes more than {f'{seconds} seconds' if late else '1 GiB of memory'} to read"
        remedy = "delete what lies beyond the table, or save the list anew"
        raise ListError(path, problem, remedy) from None
    finally:
        watch.cancel()
        if found is None:
            reader.stop()
        else:
            _idle.append(reader)
    if isinstance(found, ListError):
        raise found
    return found


@atexit.register
def _stop_all() -> None:
    while _idle:
        _idle.pop().stop()


# --- in the process of its own ----------------------------------------------------------------


def serve() -> None:
    """Read each list that a line of standard input names; write what it holds, or the error."""
    # The readers of files are loaded in this process only, which is made when there is a list.
    from filings.lists import tables

    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no part of a list
    _limit_memory()
    for line in sys.stdin.buffer:
        path = Path(json.loads(line))
        try:
            found: Document | ListError = tables.read(path)
        except ListError as error:
            found = error
        pickle.dump(found, out, pickle.HIGHEST_PROTOCOL)
        out.flush()


def _limit_memory() -> None:
    with suppress(ImportError, OSError, ValueError):  # not every system can, or needs to
        import resource

        pages = int(Path("/proc/self/statm").read_text().split()[0])
        most = pages * resource.getpagesize() + _MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
