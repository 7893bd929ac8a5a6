"""A network as processes, an agent each, that decide over the wire in the simulated world."""
