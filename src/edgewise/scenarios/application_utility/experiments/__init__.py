"""What is measured by other means than training and evaluating a scheme. A change here makes an
experiment's stored results stale; a change of a claim or a figure does not."""
