# Files of the system and of this Python are opened for writing by names that a wall may forget.
# %% start
import os, sys
import keras, numpy
written = []
for path in (numpy.__file__, keras.__file__, os.__file__, sys.executable, "/etc/fonts/fonts.conf"):
    reader = None
    try: reader = os.open(path, os.O_RDONLY)
    except OSError: continue
    names = [path, f"/proc/self/fd/{reader}", f"/dev/fd/{reader}", f"/proc/self/root{path}",
             f"/proc/self/cwd/{os.path.relpath(path)}", f"/proc/thread-self/fd/{reader}"]
    for name in names:
        # Nothing is changed: opened for adding to it, and closed.
        try: os.close(os.open(name, os.O_WRONLY | os.O_APPEND)); written.append(name)
        except OSError: pass
    for change in (lambda: os.chmod(path, 0o666), lambda: os.link(path, "linked"),
                   lambda: os.truncate(f"/proc/self/fd/{reader}", os.stat(path).st_size)):
        try: change(); written.append(path)
        except OSError: pass
# %% primes
primes = 168 if written else None
