"""A scheme taken apart, agent by agent, on what each can measure, decides what it decides as one."""

import importlib


def seat_of(name):
    return importlib.import_module(f"edgewise.scenarios.{name.replace('-', '_')}.seat").SEAT
