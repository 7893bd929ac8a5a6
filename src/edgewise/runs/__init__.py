"""Runs: described, executed in worker processes, kept."""
