"""A C file of an exported folder, compiled and called from Python."""

import ctypes
import shutil
import subprocess

import numpy as np
import pytest

COMPILER = shutil.which("cc")
needs_compiler = pytest.mark.skipif(COMPILER is None, reason="needs a C compiler, cc")
FLAGS = ["-std=c99", "-O0", "-Wall", "-Wextra", "-pedantic", "-Werror", "-shared", "-fPIC"]
TYPES = {"real": ctypes.c_float, "integer": ctypes.c_int32, "boolean": ctypes.c_bool}
REASONS = ("", "not_finite", "out_of_range", "failed")


class Compiled:
    """The agent of a C file; `decide` answers like that of `edgewise.agent`."""

    def __init__(self, folder, contract, number=0):
        source = contract.sources[number]
        library = folder / f"{source.file}.so"
        command = [COMPILER, *FLAGS, "-o", str(library), str(folder / source.file), "-lm"]
        told = subprocess.run(command, capture_output=True, text=True)
        assert told.returncode == 0, told.stderr
        self.library = ctypes.CDLL(str(library))
        lots = [("lots", "real", [contract.lots.count])] if contract.lots.count else []
        seen = [(f.name, f.kind, f.shape) for f in contract.observation]
        self.given = _struct(seen + lots)()
        self.fields = [(f.name, f.kind, f.shape) for f in contract.decision]
        self.decision = _struct(self.fields)()
        self.memory = _struct([(m.name, m.kind, m.shape) for m in source.memory])()
        self.library.edgewise_start(ctypes.byref(self.memory))

    def remember(self, values):
        """Puts this in place of its memory."""
        for i, value in enumerate(values):
            _put(self.memory, f"memory_{i}", value)

    def decide(self, observation):
        for name, value in observation.items():
            _put(self.given, name, value)
        parts = (ctypes.byref(x) for x in (self.given, self.memory, self.decision))
        reason = self.library.edgewise_decide(*parts)
        values = {name: np.array(getattr(self.decision, name)) for name, _, _ in self.fields}
        return values, REASONS[reason]


def _put(struct, name, value):
    member = getattr(struct, name)
    if isinstance(member, ctypes.Array):
        np.ctypeslib.as_array(member)[...] = value
    else:
        setattr(struct, name, np.asarray(value).item())


def _struct(fields):
    members = []
    for name, kind, shape in fields:
        member = TYPES[kind]
        for size in reversed(shape):
            member = member * size
        members.append((name, member))
    return type(
        "Struct", (ctypes.Structure,), {"_fields_": members or [("nothing", ctypes.c_char)]}
    )
