"""Running a learner: the loop, checkpoints and resume, the log of a run."""
