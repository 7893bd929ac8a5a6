"""The vocabulary of a comparison: scenarios, methods, runs, sweeps, statistics, claims."""
