"""Run as a program inside the outer sandbox: can a fork have its own namespaces here?

`python -m autograder.engine.student.probe HOME UID FILE`: prints "ok", or the reason why not.
"""

from __future__ import annotations

import os
import sys

from autograder.engine.student.linux_namespaces import (
    become_other_user,
    close_doors,
    enter_namespaces,
    mount_private,
)


def main() -> None:
    """Do what a kernel's fork does, without a kernel."""
    home, uid, file = sys.argv[1:]
    try:
        if int(uid) >= 0:
            become_other_user(int(uid))
            with open(file, "rb"):
                pass
        enter_namespaces()
        if os.fork() == 0:
            _try_mounts(home)
            os._exit(0)
        os.wait()
    except OSError as error:
        print(error)


def _try_mounts(home: str) -> None:
    try:
        mount_private(home, 1.0, [])
        close_doors(400)
        with open("/proc/self/status", "rb"):
            print("ok", flush=True)
    except OSError as error:
        print(error, flush=True)


if __name__ == "__main__":
    main()
