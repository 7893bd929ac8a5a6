"""The vocabulary of a comparison: results, statistics, judging, drawing."""
