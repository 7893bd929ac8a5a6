"""What does not learn: fixed and random choices, heuristics, searches, exact solvers."""
