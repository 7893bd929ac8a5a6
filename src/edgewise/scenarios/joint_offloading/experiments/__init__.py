"""What is measured that is not a training run: imitation alone, the searches alone, the clock."""
