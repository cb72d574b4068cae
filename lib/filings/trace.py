"""What a notebook reads and writes, noted from inside its kernel by Python's audit events.

Nothing is declared, so nothing declared can be wrong. Files opened by compiled readers that
bypass Python's ``open`` are seen only through the listing of their folder, which counts with the
content of its files; only the folders of raw and reference data are followed in this way.
"""

import json
import os
import shutil
import sys
import threading
from pathlib import Path

from filings.paths import fingerprint, write

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_INPUT_FOLDERS = ("data/raw", "data/reference")


class Journal:
    """The files under ``root`` that this process reads and writes, kept in ``folder``.

    Before a file is first written its last content is put aside in ``folder``, so that
    ``restore`` can undo a notebook that failed or was killed. A file read before it is written
    (one that several notebooks add to) is neither put aside nor counted as read.
    """

    def __init__(self, root: Path, folder: Path):
        self.root, self.folder = root, folder
        self.reads: dict[str, str] = {}
        self.writes: dict[str, bool] = {}  # name → was it read before
        self._own = threading.local()

    def event(self, name: str, args: tuple) -> None:
        """Take note of one audit event."""
        if name == "open":
            path, _, flags = args
            self._note(path, self._write if flags & _WRITING else self._read)
        elif name == "os.rename":
            self._note(args[1], self._write)
        elif name == "os.remove":
            self._note(args[0], self._write)
        elif name in ("os.listdir", "os.scandir"):
            self._note(args[0], self._list)

    def _note(self, path, action) -> None:
        """Call ``action`` with the path inside the root, but not for what it opens itself."""
        if isinstance(path, int) or path is None or getattr(self._own, "busy", False):
            return
        absolute = os.path.abspath(os.fsdecode(path))  # noqa: PTH100 (no pathlib in a hot hook)
        inside = absolute.removeprefix(f"{self.root}{os.sep}").replace(os.sep, "/")
        if inside == absolute.replace(os.sep, "/") or inside[0] == "." or "__pycache__" in inside:
            return
        self._own.busy = True
        try:
            action(inside)
        finally:
            self._own.busy = False

    def _read(self, name: str) -> None:
        if name not in self.reads and name not in self.writes:
            self.reads[name] = fingerprint(self.root / name)

    def _list(self, name: str) -> None:
        if name.startswith(_INPUT_FOLDERS):
            self._read(name)

    def _write(self, name: str) -> None:
        if name in self.writes:
            return
        shared = self.reads.pop(name, None) is not None
        self.writes[name] = shared
        if shared:
            return
        last = self.folder / "last" / name
        if (self.root / name).is_file():
            last.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(self.root / name, last)
        with (self.folder / "written").open("a", encoding="utf-8") as written:
            written.write(f"{name}\n")

    def finish(self) -> None:
        """Write what was read and written; the library's modules count if they were imported."""
        library = self.root / "lib"
        for module in list(sys.modules.values()):
            source = getattr(module, "__file__", None)
            if source and Path(source).is_relative_to(library):
                self._read(Path(source).relative_to(self.root).as_posix())
        content = {"reads": self.reads, "writes": self.writes}
        write(self.folder / "trace.json", json.dumps(content, ensure_ascii=False).encode())


_journals: list[Journal] = []


def start(root: str, folder: str) -> None:
    """Follow this process from now on. Called once in a kernel, before the first cell."""
    journal = Journal(Path(root), Path(folder))
    _journals.append(journal)
    sys.addaudithook(journal.event)


def finish() -> None:
    """Write the journal. Called after the last cell."""
    _journals.pop().finish()


def restore(root: Path, folder: Path) -> None:
    """Give every file written under that journal its last content, or remove it if it is new."""
    written = folder / "written"
    if written.exists():
        for name in written.read_text(encoding="utf-8").splitlines():
            last = folder / "last" / name
            if last.exists():
                last.replace(root / name)
            else:
                (root / name).unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
