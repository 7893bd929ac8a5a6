"""Command lines that nobody should write, and somebody will."""

import random
from collections.abc import Sequence

WORDS = (
    "",
    " ",
    "-",
    "--",
    "---",
    "-1",
    "0",
    "1",
    "2",
    "007",
    "1.5",
    "1e8",
    "1e999",
    "-0.0",
    "NaN",
    "Infinity",
    "-Infinity",
    "null",
    "true",
    "false",
    "9" * 30,
    "9" * 5000,
    "[" * 3000,
    "[" * 3000 + "]" * 3000,
    '{"a":' * 2000,
    "[1,[2]]",
    "[NaN]",
    "[1e400]",
    "[]",
    "{}",
    '"',
    '"x"',
    ",",
    "a,b",
    "=",
    "==",
    "a=b=c",
    "x" * 10_000,
    "±²é",
    "\u202e",
    "\x1b[31m",
    "a\nb",
    "\t",
    "$(id)",
    "../..",
    ".",
    "/",
    "/dev/null",
    "/dev/zero",
    "/dev/urandom",
    "/proc/self/mem",
    "/nonexistent/a/b",
    "~",
    "*",
    "%s%n",
    "{0}",
    "None",
    "learn",
    "idle",
    "coin",
    "tiny",
    "tinny",
    "learn@2000",
    "learn@",
    "@2000",
    "learn@99999999999999999999",
    "learn@2000:zz",
    "json",
    "table",
    "csv",
)
COMMANDS = (
    "list",
    "show",
    "compare",
    "train",
    "evaluate",
    "reproduce",
    "report",
    "tune",
    "plan",
    "check",
)
OPTIONS = (
    "--schemes",
    "--seeds",
    "--slots",
    "--set",
    "--preset",
    "--learn",
    "--sites",
    "--users",
    "--jobs",
    "--format",
    "--keep-stale",
    "--quick",
    "--record",
    "--trials",
    "--target",
    "--vary",
    "--debug",
    "--help",
    "--version",
    "--names",
    "--nothing",
    "-h",
)
SETTING = ("--set", "--learn")


def drawn(draw: random.Random, parameters: Sequence[str], settings: Sequence[str]) -> list[str]:
    """One command line, without where its results go."""
    command = draw.choice([*COMMANDS, draw.choice(WORDS)])
    words = [command]
    if draw.random() < 0.85:
        words.append("tiny" if draw.random() < 0.8 else draw.choice(WORDS))
    if command in ("train", "tune") and draw.random() < 0.85:
        words.append("learn" if draw.random() < 0.8 else draw.choice(WORDS))
    for _ in range(draw.randrange(4)):
        option = draw.choice(OPTIONS)
        words.append(option)
        if option in SETTING and draw.random() < 0.9:
            names = [*parameters, *settings, "preset", draw.choice(WORDS)]
            words.append(f"{draw.choice(names)}={draw.choice(WORDS)}")
        elif draw.random() < 0.8:
            words.append(draw.choice(WORDS))
    return words
