"""Why an agent answered with its fallback; each is counted under its name."""

REASONS = {
    "stale": "the observation is older than it may be, or of unknown age",
    "missing": "a field is not there",
    "unknown": "a field is not in the contract",
    "type": "a value is no number, or no whole one where that is asked for",
    "shape": "a value has another shape",
    "not_finite": "a value is NaN or infinite",
    "out_of_range": "a value is outside its range",
    "failed": "the policy could not be evaluated, or its answer is outside its range",
}


class Unusable(Exception):
    """An observation that cannot be decided on."""

    def __init__(self, reason: str, field: str = "") -> None:
        super().__init__(reason, field)
        self.reason, self.field = reason, field
