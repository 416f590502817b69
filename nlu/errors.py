"""What can go wrong in understanding; no message here ever holds what a person wrote."""


class NluError(Exception):
    """Understanding failed."""


class NluUnavailable(NluError):  # noqa: N818  (it names a state the caller handles, not a defect)
    """The model cannot be asked or its answer cannot be used."""


class LexiconError(NluError):
    """A language's lexicon cannot be used."""


class EvaluationError(NluError):
    """The lines to measure with cannot be read."""


class LearnedError(NluError):
    """What was learned before cannot be used; it must be learned anew."""
