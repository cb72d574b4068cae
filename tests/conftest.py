"""What all tests share."""

from hypothesis import settings
from nbval.plugin import IPyNbCell

# The same examples every time, and no deadline: a busy machine is no failure.
settings.register_profile("filings", deadline=None, derandomize=True, database=None)
settings.load_profile("filings")


def pytest_collection_modifyitems(items):
    """nbval leaves pictures out of its comparison; here they are the same byte for byte."""
    for notebook in {item.parent for item in items if isinstance(item, IPyNbCell)}:
        notebook.skip_compare = tuple(
            kind for kind in notebook.skip_compare if not kind.startswith("image/")
        )
