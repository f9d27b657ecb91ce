"""The one hierarchy of errors, each with the exit code that the shell gives for it.

A message names the file (or scan), the offending value, and what is allowed, in one line.
"""


class HematomaExpansionError(Exception):
    """Base of every error this library raises on purpose.

    Attributes:
        exit_code: what the ``hematoma-expansion`` command exits with when this error ends it.
    """

    exit_code = 70


class UsageError(HematomaExpansionError):
    """An option that does not exist, or options that do not go together."""

    exit_code = 2


class InputRefused(HematomaExpansionError):
    """The input cannot be analysed; base of the causes below."""

    exit_code = 3


class UnreadableFile(InputRefused):
    """A file that is absent, truncated, or not of the format its name says."""


class NotAHeadCT(InputRefused):
    """Not CT, not in Hounsfield units, or not a head."""


class GeometryError(InputRefused):
    """Slice positions, spacing, coverage or dimensions that cannot be measured in."""


class MaskError(InputRefused):
    """A segmentation that does not fit its scan, or holds values that no class is mapped to."""


class ClinicalError(InputRefused):
    """A clinical record with an unknown field, or a value that is impossible or contradicts another."""


class ScoreFileError(InputRefused):
    """A file of a risk score that does not follow the schema of scores."""


class MissingInput(InputRefused):
    """Something the task needs was not given."""


class OutputError(InputRefused):
    """The output folder or file cannot be written."""


class ServerError(InputRefused):
    """A PACS that refuses what is asked, or an address that is none."""


class ServerUnreachable(ServerError):
    """A PACS that does not answer now, and may later."""


class ModelError(HematomaExpansionError):
    """A model that is absent, corrupt, of the wrong hash, or whose package is not installed."""

    exit_code = 4


class Cancelled(HematomaExpansionError):
    """The user stopped the work; nothing was written."""

    exit_code = 130
