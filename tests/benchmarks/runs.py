"""How long a run of all notebooks and a run with nothing changed take, against another checkout.

``python tests/benchmarks/runs.py FOLDER [--rounds N]``: FOLDER is a checkout of another commit
with an environment of its own (``python3 run.py`` was called there). Both run cold and then with
nothing changed, in turns, so that a busy machine slows both; the median of the rounds counts.
"""

import argparse
import shutil
import statistics
import subprocess
import time
from pathlib import Path

from filings import paths


def main() -> None:
    """Time both checkouts in turns and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    roots = {"this": paths.ROOT, "other": asked.folder.resolve()}
    times: dict[tuple[str, str], list[float]] = {}
    for _ in range(asked.rounds):
        for name, root in roots.items():
            forget(root)
            for state in ("cold", "nothing changed"):
                started = time.perf_counter()
                subprocess.run(
                    [root / ".venv/bin/filings", "run"], cwd=root, check=True, capture_output=True
                )
                times.setdefault((state, name), []).append(time.perf_counter() - started)
    print("| run | seconds here | of the other's |\n|---|---|---|")
    for state in ("cold", "nothing changed"):
        mine, other = (statistics.median(times[state, name]) for name in roots)
        print(f"| {state} | {mine:.1f} | {mine / other:.2f} |")


def forget(root: Path) -> None:
    """Remove what a checkout knows of earlier runs."""
    for path in (root / ".cache").glob("runs*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()


if __name__ == "__main__":
    main()
