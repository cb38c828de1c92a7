"""A thread without the right of root to write everywhere, commands on disks that are too small. No test stands here."""

import ctypes
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager

import pytest

_VERSION, _OVERRIDE = 0x20080522, 1  # of the kernel's structure; the number of CAP_DAC_OVERRIDE
_READ = 2  # CAP_DAC_READ_SEARCH


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Set(ctypes.Structure):
    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


@contextmanager
def bound_by_rights(*, also_reading=False):
    """The rights of files hold for this thread, and for those it starts, also when it is root's."""
    if os.name != "posix":
        pytest.skip("rights of files are other ones here")
    if os.geteuid():
        yield
        return
    if not sys.platform.startswith("linux"):
        pytest.skip("root may write everywhere here")
    libc, header, sets = ctypes.CDLL(None, use_errno=True), _Header(_VERSION, 0), (_Set * 2)()
    assert libc.capget(ctypes.byref(header), sets) == 0
    before = sets[0].effective
    sets[0].effective = before & ~(1 << _OVERRIDE) & ~((1 << _READ) if also_reading else 0)
    assert libc.capset(ctypes.byref(header), sets) == 0
    try:
        yield
    finally:
        sets[0].effective = before
        assert libc.capset(ctypes.byref(header), sets) == 0


def on_small_disks(folder, script):
    """Runs a script of the shell that may mount disks in `folder`; what it printed. Skips where that is not allowed."""
    if not sys.platform.startswith("linux") or not shutil.which("unshare"):
        pytest.skip("no disk can be made here")
    probe = f"mount -t tmpfs -o size=1m tmpfs {folder}"
    if subprocess.run(["unshare", "-m", "sh", "-c", probe], capture_output=True).returncode:
        pytest.skip("no disk may be made here")
    done = subprocess.run(["unshare", "-m", "sh", "-c", script], capture_output=True, text=True, timeout=280)
    return done.stdout + done.stderr
