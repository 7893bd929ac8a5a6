"""Ctrl-C as a message among others, so that it neither cuts a step in two nor gets lost.

Python raises KeyboardInterrupt wherever the program happens to be: in the middle of starting a
process, whose other half then complains, or in a callback that swallows exceptions.
"""

import multiprocessing
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection


@contextmanager
def ctrl_c_heard() -> Iterator[Connection]:
    """A connection that becomes readable at Ctrl-C, which does nothing else meanwhile."""
    heard, tell = multiprocessing.Pipe(duplex=False)
    if threading.current_thread() is not threading.main_thread():
        yield heard  # Only the main thread is told of signals.
        return
    before = signal.signal(signal.SIGINT, lambda number, frame: tell.send(number))
    try:
        yield heard
    finally:
        signal.signal(signal.SIGINT, before)
        heard.close()
        tell.close()


@contextmanager
def ctrl_c_raises() -> Iterator[None]:
    """Ctrl-C raises KeyboardInterrupt, as Python would have it: for who only waits for others, and
    has to end them."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def ctrl_c_unseen_by_children() -> Iterator[None]:
    """Processes started meanwhile never see Ctrl-C, from their first moment on: a terminal sends
    it to them too, and it is the parent's to handle."""
    resource_tracker.ensure_running()  # Starting it later would let Ctrl-C through again.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
