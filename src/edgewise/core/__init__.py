"""Contracts: what an environment, a policy and a scheduler are, and how they are checked."""
