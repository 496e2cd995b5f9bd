# Another kernel's ports, the machine's and the outside's are tried.
# %% start
import socket
reached = []
for host, port in [("127.0.0.1", p) for p in range(8880, 8900)] + [("10.0.0.1", 80), ("8.8.8.8", 53)]:
    s = socket.socket(); s.settimeout(0.2)
    try: s.connect((host, port)); reached.append((host, port))
    except OSError: pass
    s.close()
assert not reached
