"""Library: a folder of papers and the verbs on it, and the values that its verbs give."""

from explorer.library.library import Library
from explorer.library.report import Collection, Info, Pair, Progress, Report, Step

__all__ = ["Collection", "Info", "Library", "Pair", "Progress", "Report", "Step"]
