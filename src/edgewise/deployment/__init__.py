"""From a finished run to a network in operation: policies in files, and the contract about them."""
