"""The worker's process: started by `WorkerKeeper`, ends with the process that started it."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time

from autograder.course.course import Course
from autograder.errors import AutograderError
from autograder.server.database import Database
from autograder.server.server_log import log, set_up_log
from autograder.server.worker import Worker

_GRACE_SECONDS = 15.0


def main() -> None:
    """Grade until standard input ends: then the server is gone."""
    options = json.loads(sys.argv[1])
    set_up_log()
    stop = threading.Event()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    threading.Thread(target=_wait_for_end, args=(stop,), daemon=True).start()
    try:
        course = Course(options["course"])
        database = Database(options["database"])
        worker = Worker(course, database, options["name"], options["number"], options["isolation"])
        worker.run(stop)
    except AutograderError as error:
        log.error("%s%s", error, f" → {error.hint}" if error.hint else "")
        sys.exit(2)
    # Threads that still wait for the engine would keep the process.
    os._exit(0)


def _wait_for_end(stop: threading.Event) -> None:
    while os.read(0, 1024):
        pass
    stop.set()
    time.sleep(_GRACE_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    main()
