"""Official lists from the addresses on file: fetched on command, checked, recorded."""

import hashlib
import json
import tempfile
import time
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

        def stream(url: str, file: str, _: pooch.Pooch) -> None:
            _stream(name, url, Path(file), largest, patience)

        try:
            file = fetcher.fetch(name, downloader=stream)
        except requests.Timeout:
            raise FetchError(
                f"{name}: no answer within {min(30, patience):g} seconds ({address}); try later"
            ) from None
        except (_RefusedError, requests.RequestException, OSError, ValueError) as error:
            said = " ".join(str(error).split())
            raise FetchError(f"{name}: {said} ({address}); try again or check it") from None
        return Path(file).read_bytes()


def _stream(name: str, address: str, target: Path, largest: int, patience: float) -> None:
    """Write what lies at the address to a file: bounded in bytes and time, and no web page."""
    until, done = time.monotonic() + patience, 0
    with (
        requests.get(address, stream=True, timeout=min(30, patience)) as answer,
        target.open("wb") as out,
    ):
        if not answer.ok:
            raise _RefusedError(f"the server answers {answer.status_code} {answer.reason}")
        encoded = "Content-Encoding" in answer.headers  # its length is that of the packed form
        length = 0 if encoded else int(answer.headers.get("Content-Length") or 0)
        if length > largest:
            raise _RefusedError(f"{length} bytes, more than the {largest} allowed")
        bar = tqdm(total=length or None, unit="B", unit_scale=True, desc=name, disable=None,
                   leave=False)  # fmt: skip
        try:
            with bar:
                for piece in answer.iter_content(16_384):
                    if not done and _is_page(piece, answer.headers.get("Content-Type", "")):
                        raise _RefusedError("the server sends a web page in place of the document")
                    done += len(piece)
                    if done > largest:
                        raise _RefusedError(f"more than the {largest} bytes allowed")
                    if time.monotonic() > until:
                        raise _RefusedError(f"not there after {patience:g} seconds")
                    out.write(piece)
                    bar.update(len(piece))
        except requests.exceptions.ChunkedEncodingError:
            raise ValueError(f"cut off after {done} bytes") from None
        if not done:
            raise _RefusedError("the server sends an empty file")
        if length and done != length:
            raise ValueError(f"cut off after {done} of {length} bytes")


def _is_page(beginning: bytes, told: str) -> bool:
    """Whether a document that begins so, and is told to be of that type, is a web page."""
    text = beginning.removeprefix(b"\xef\xbb\xbf").lstrip()[:200].lower()
    return "text/html" in told.lower() or text.startswith((b"<!doctype html", b"<html", b"<head"))
