"""``python -m filings`` is the command ``filings``."""

from filings.cli import main

if __name__ == "__main__":  # a process that shares the work loads this module under another name
    main(prog_name="filings")
