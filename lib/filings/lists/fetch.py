"""Official lists from the addresses on file: fetched on command, checked, recorded."""

import hashlib
import json
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

import pandas as pd
import pooch
import requests
from tqdm import tqdm

from filings import paths

LARGEST = 50_000_000
"""Bytes at which a download is given up: the largest list known has less than a tenth."""
_SUFFIXES = (".docx", ".docm", ".xlsx", ".xls", ".pdf", ".csv", ".tsv")


class FetchError(ValueError):
    """A list that could not be fetched, in one line with the remedy."""


class _RefusedError(Exception):
    """What another attempt would not mend; pooch tries again after a ValueError only."""


def official() -> pd.DataFrame:
    """The official lists known, by name, with addresses or the words to search for."""
    return pd.read_csv(paths.OFFICIAL_LISTS, dtype=str, keep_default_na=False).set_index("list")


def fetch(
    name: str,
    address: str = "",
    *,
    folder: Path = paths.LISTS,
    force: bool = False,
    largest: int = LARGEST,
    patience: float = 300,
    attempts: int = 3,
) -> Path:
    """The file of one official list, downloaded into the folder.

    The file stands there whole or not at all. Beside it, ``.NAME.json`` records the address, the
    time and the sha256. Lists of a sister register go to a folder of their own, so that they are
    not read as lists of this one.

    Parameters
    ----------
    name
        The list's name in ``official_lists.csv``; a number is a batch of this register.
    address
        Where to fetch it; empty: the address on file.
    force
        Replace a file that is there.
    largest, patience, attempts
        Bytes and seconds that one download may take, and how often it is tried.

    Raises
    ------
    FetchError
        For an unknown list or one without an address, a file that is there, and whatever goes
        wrong on the way.
    """
    name = f"batch-{name}" if name.isdecimal() else name
    lists = official()
    if name not in lists.index:
        raise FetchError(f"no list {name!r} is on file; known are {', '.join(lists.index)}")
    known = lists.loc[name]
    address = address or known["attachment"]
    if not address:
        raise FetchError(
            f"{name}: no address is on file; search {known['site']} for "
            f"“{known['search_for']}” and give the attachment's with --address"
        )
    suffix = PurePosixPath(urlsplit(address).path).suffix.lower()
    folder = folder / ("" if known["register"] == "blockchain" else known["register"])
    target = folder / f"{name}{suffix if suffix in _SUFFIXES else ''}"
    if target.exists() and not force:
        raise FetchError(f"{name}: {target.name} is there already; --force replaces it")
    content = _download(name, address, largest, patience, attempts)
    record = {
        "address": address,
        "fetched": datetime.now(UTC).isoformat(timespec="seconds"),
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    paths.write(target, content)
    written = json.dumps(record, indent=1) + "\n"
    paths.write(target.with_name(f".{target.name}.json"), written.encode())
    return target


def _download(name: str, address: str, largest: int, patience: float, attempts: int) -> bytes:
    pooch.get_logger().setLevel("ERROR")
    with tempfile.TemporaryDirectory() as folder:
        fetcher = pooch.create(
            folder, "", registry={name: None}, urls={name: address}, retry_if_failed=attempts - 1
        )
        try:
            file = fetcher.fetch(name, downloader=_Downloader(name, largest, patience))
        except requests.Timeout:
            raise FetchError(
                f"{name}: no answer within {min(30, patience):g} seconds ({address}); try later"
            ) from None
        except (_RefusedError, requests.RequestException, OSError, ValueError) as error:
            said = " ".join(str(error).split())
            raise FetchError(f"{name}: {said} ({address}); try again or check it") from None
        return Path(file).read_bytes()


class _Downloader:
    """What pooch calls to fetch a file: bounded in bytes and time, and no web page."""

    def __init__(self, name: str, largest: int, patience: float):
        self.name, self.largest, self.patience = name, largest, patience

    def __call__(self, url: str, output_file: str, _: pooch.Pooch) -> None:
        until = time.monotonic() + self.patience
        with (
            requests.get(url, stream=True, timeout=min(30, self.patience)) as answer,
            Path(output_file).open("wb") as out,
        ):
            if not answer.ok:
                raise _RefusedError(f"the server answers {answer.status_code} {answer.reason}")
            encoded = "Content-Encoding" in answer.headers  # its length is that of the packed form
            length = 0 if encoded else int(answer.headers.get("Content-Length") or 0)
            if length > self.largest:
                raise _RefusedError(f"{length} bytes, more than the {self.largest} allowed")
            done = 0
            bar = tqdm(total=length or None, unit="B", unit_scale=True, desc=self.name,
                       disable=None, leave=False)  # fmt: skip
            with bar:
                for piece in self._pieces(answer):
                    if not done:
                        self._refuse_page(piece, answer.headers.get("Content-Type", ""))
                    done += len(piece)
                    if done > self.largest:
                        raise _RefusedError(f"more than the {self.largest} bytes allowed")
                    if time.monotonic() > until:
                        raise _RefusedError(f"not there after {self.patience:g} seconds")
                    out.write(piece)
                    bar.update(len(piece))
            if not done:
                raise _RefusedError("the server sends an empty file")
            if length and done != length:
                raise ValueError(f"cut off after {done} of {length} bytes")

    @staticmethod
    def _pieces(answer: requests.Response) -> Iterator[bytes]:
        done = 0
        try:
            for piece in answer.iter_content(16_384):
                done += len(piece)
                yield piece
        except requests.exceptions.ChunkedEncodingError:
            raise ValueError(f"cut off after {done} bytes") from None

    @staticmethod
    def _refuse_page(beginning: bytes, told: str) -> None:
        text = beginning.removeprefix(b"\xef\xbb\xbf").lstrip()[:200].lower()
        if "text/html" in told.lower() or text.startswith((b"<!doctype html", b"<html", b"<head")):
            raise _RefusedError("the server sends a web page in place of the document")
