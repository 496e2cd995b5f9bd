# The sandbox is remounted, left through another namespace, or a device is made.
# %% start
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
done = [
    libc.unshare(0x10000000),
    libc.mount(b"none", b"/", None, 32 | 4096, None),
    libc.umount2(b"/tmp", 2),
    libc.setuid(0), libc.chroot(b"/proc/1/root"),
    libc.pivot_root(b"/tmp", b"/tmp") if hasattr(libc, "pivot_root") else -1,
]
print(done)
try: os.mknod("/tmp/disk", 0o60666, os.makedev(254, 0)); print(open("/tmp/disk", "rb").read(10))
except OSError as error: print(error)
assert max(done[:3]) < 0
