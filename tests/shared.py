"""Material kept beside the repository, for tests that can use it; they skip where it is missing."""

from filings import paths

SHARED = paths.ROOT.parent / "shared"
