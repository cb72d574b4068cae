"""How fast numbers are verified and lists are read, as ratios measured in one run.

``python tests/benchmarks/lists.py`` prints a table. Times are processor time, the best of several
rounds taken in turns, so that other work on the machine counts as little as it can. The lists of
the sister register are left out where they are not at hand.
"""

import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import docx
import numpy as np
import pandas as pd
from filings import lists, paths, places
from filings.lists import numbers
from stdnum.iso7064 import mod_11_2

ROWS = 1_000_000
OFFICIAL = paths.ROOT.parent / "shared" / "official_lists"


def column(rows: int) -> pd.Series:
    """Valid blockchain numbers from all counties, made in NumPy."""
    chance = np.random.default_rng(0)
    table = places.counties().drop_duplicates("county_adcode")
    picked = chance.integers(0, len(table), rows)
    codes = table["county_adcode"].to_numpy()[picked].astype("U6")
    digits = np.char.add(codes, chance.integers(20, 26, rows).astype("U2"))
    digits = np.char.add(digits, chance.integers(10**10, 10**11, rows).astype("U11"))
    signs = digits.view(np.uint32).reshape(rows, 19).astype(np.int64) - ord("0")
    check = (1 - signs @ [pow(2, 19 - at, 11) for at in range(19)]) % 11
    ends = np.array([*"0123456789X"])[check]
    by_code = {
        code: places.provinces().at[name, "abbreviation"]
        for code, name in places.province_by_code().items()
    }
    heads = np.array([f"{by_code[code[:2]]}网信备" for code in codes])
    whole = np.char.add(np.char.add(heads, np.char.add(digits, ends)), "号")
    return pd.Series(whole.tolist())


def check_sums_one_by_one(texts: list[str]) -> list[bool]:
    """The check sum alone, by python-stdnum in a loop: the least any reader of numbers does."""
    return [mod_11_2.is_valid(text[4:24]) for text in texts]


def same_verdict_one_by_one(texts: list[str]) -> list[bool]:
    """All that the column version looks at, with python-stdnum for the check sum."""
    code_of = numbers.province_codes()
    return [
        text[1:4] == "网信备"
        and text[24:] == "号"
        and code_of.get(text[0]) == text[4:6]
        and text[10:12] >= "19"
        and mod_11_2.is_valid(text[4:24])
        for text in texts
    ]


def library_alone(files: list[Path]) -> int:
    """Texts of all cells of all tables, by python-docx as its manual shows it."""
    found = 0
    for file in files:
        for table in docx.Document(str(file)).tables:
            for row in table.rows:
                found += len([cell.text for cell in row.cells])
    return found


def best(rounds: int, *works) -> list[float]:
    """Shortest processor time of each work in seconds, the works taking turns."""
    times = [[] for _ in works]
    for _ in range(rounds):
        for taken, work in zip(times, works, strict=True):
            start = time.process_time()
            work()
            taken.append(time.process_time() - start)
    return [min(taken) for taken in times]


def register_in_memory(rows: int) -> None:
    """Read a csv list of that many rows and count it; print seconds and the peak of memory."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "batch-1.csv"
        chance = random.Random(0)
        made = column(rows)
        with path.open("w", encoding="utf-8") as file:
            file.write("序号,服务名称,主体名称,备案编号,备注\n")
            for at, number in enumerate(made, start=1):
                filer = f"第{chance.randrange(rows // 2)}信息技术（集团）有限公司"
                file.write(f"{at},链上存证平台{at},{filer},{number},\n")
        del made
        start = time.perf_counter()
        read = lists.read_all([path])
        counted = lists.counts(read.entries)
        seconds = time.perf_counter() - start
        assert counted["services"].sum() + len(read.quarantine) == rows
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"{seconds:.0f} {peak / (2**20 if sys.platform == 'linux' else 2**30):.2f}")


def main() -> None:
    print("| what | ratio or value | wanted |\n|---|---|---|")
    texts = column(ROWS)
    loop = texts.tolist()
    assert numbers.valid_column(texts).all()
    fixed = texts.to_numpy(dtype="U25")
    bare, same, as_series, as_array = best(
        5,
        lambda: check_sums_one_by_one(loop),
        lambda: same_verdict_one_by_one(loop),
        lambda: numbers.valid_column(texts),
        lambda: numbers.valid_column(fixed),
    )
    for column_is, mine in (("NumPy text", as_array), ("pandas text", as_series)):
        for loop_does, taken in (("check sum alone", bare), ("same verdict", same)):
            said = (
                f"1,000,000 numbers: {loop_does} by python-stdnum in a loop / column, {column_is}"
            )
            print(f"| {said} | {taken / mine:.0f} | at least 50 |")
    if OFFICIAL.is_dir():
        files = sorted(OFFICIAL.glob("*.docx"))
        alone, read = best(3, lambda: library_alone(files), lambda: lists.read_all(files))
        print(f"| {len(files)} official lists: our reading / python-docx alone | "
              f"{read / alone:.2f} | at most 1.5 |")  # fmt: skip
    # In a process of its own, so that the peak is of this work alone.
    done = subprocess.run(
        [sys.executable, __file__, str(ROWS)], capture_output=True, text=True, check=True
    )
    seconds, gigabytes = done.stdout.split()
    print(f"| csv list of 1,000,000 rows to counts: peak of memory | {gigabytes} GiB | "
          f"under 2 GiB |")  # fmt: skip
    print(f"| the same: seconds | {seconds} | |")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        register_in_memory(int(sys.argv[1]))
    else:
        main()
