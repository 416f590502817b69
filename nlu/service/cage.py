"""The last bars of the cage, which the process puts up itself: no socket but its Unix socket, no new program, no look into others.

A filter of the kernel (seccomp), for good and for every thread that begins afterwards. It needs no rights, so it holds in any container and
where nobody installed the systemd unit. Python 3.10 and the standard library.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import socket
import struct
from typing import Dict, List, Tuple

_ARCHITECTURES: Dict[str, Tuple[int, Dict[str, int]]] = {
    # What the kernel calls the machine, and the numbers of its system calls there.
    "x86_64": (
        0xC000003E,
        {
            "socket": 41, "execve": 59, "ptrace": 101, "mount": 165, "unshare": 272, "setns": 308, "process_vm_readv": 310,
            "process_vm_writev": 311, "bpf": 321, "execveat": 322, "io_uring_setup": 425,
        },
    ),
    "aarch64": (
        0xC00000B7,
        {
            "socket": 198, "execve": 221, "ptrace": 117, "mount": 40, "unshare": 97, "setns": 268, "process_vm_readv": 270,
            "process_vm_writev": 271, "bpf": 280, "execveat": 281, "io_uring_setup": 425,
        },
    ),
}  # fmt: skip
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _MODE_FILTER = 38, 22, 2
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16  # where the kernel puts them
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM
_X32 = 0x40000000  # a second table of calls on x86_64, which would pass the filter by


class NoCageError(Exception):
    """{message}; why the bars are not there, for the operator."""


def shut() -> None:
    """Put up the bars. What is open already, a listening socket for instance, stays open. Raises NoCageError."""
    machine = platform.machine()
    if machine not in _ARCHITECTURES:
        raise NoCageError(f"no filter is known for {machine}")
    program = _program(*_ARCHITECTURES[machine])
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *line) for line in program))
    # struct sock_fprog: the number of lines, and, aligned as a pointer is, where they are.
    header = ctypes.create_string_buffer(struct.pack("@HP", len(program), ctypes.addressof(code)))
    libc = ctypes.CDLL(None, use_errno=True)
    for arguments in (
        (_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0),
        (_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(header), 0, 0),
    ):
        if libc.prctl(*arguments) != 0:
            raise NoCageError(
                f"the kernel refuses the filter: {errno.errorcode.get(ctypes.get_errno(), '?')}"
            )


def _program(architecture: int, numbers: Dict[str, int]) -> List[Tuple[int, int, int, int]]:
    """Lines of (code, lines to skip if true, if false, value)."""
    refused = [number for name, number in sorted(numbers.items()) if name != "socket"]
    # From the end: how far it is to "refuse" and to "allow", which are the last two lines.
    body: List[Tuple[int, int, int, int]] = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _REFUSE),
        (_LOAD, 0, 0, _NUMBER),
        (_AT_LEAST, 0, 1, _X32),
        (_RETURN, 0, 0, _REFUSE),
    ]
    for number in refused:
        body += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _REFUSE)]
    return [
        *body,
        (_EQUAL, 0, 3, numbers["socket"]),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        (_EQUAL, 1, 0, int(socket.AF_UNIX)),
        (_RETURN, 0, 0, _REFUSE),
        (_RETURN, 0, 0, _ALLOW),
    ]
