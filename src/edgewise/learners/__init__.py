"""What learns. A learner says how to act, update and decide; `training` runs it."""
