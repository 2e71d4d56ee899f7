"""The errors that users see; `pointclip2.types` has them too. Apart from it, so that light programs need no torch."""


class UserError(Exception):
    """Something a user can put right. The message is one line: what was wrong, where, what to do."""


class ConfigError(UserError):
    """An option has a value that cannot work."""


class DataError(UserError):
    """A data set as a whole cannot be used: missing, truncated, wrong label table."""


class CloudError(UserError):
    """One sample cannot be used. Evaluation skips it, counts it, names it and carries on."""


class PassingError(CloudError):
    """One sample cannot be used just now: a full memory, too many open files. It is tried again by the next run."""


class WeightsError(UserError):
    """Model weights are missing, damaged or of another model."""


class TrainingError(UserError):
    """A training cannot go on: its loss or its weights are not finite."""
