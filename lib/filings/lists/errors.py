"""What is raised for a list that can't be taken as a whole."""

from pathlib import Path


class ListError(ValueError):
    """A list that can't be read, or used: which one, what is wrong with it, what to do."""

    def __init__(self, path: Path, problem: str, remedy: str):
        self.name = Path(path).name
        super().__init__(f"{self.name}: {problem}; {remedy}")
