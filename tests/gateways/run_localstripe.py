"""Runs localstripe as a process of its own on a free port of this machine alone, and says which; ends with its input.

The one file that touches it: localstripe is under the GPL, listens to the whole network when started its own way, and
writes all it knows into a shared file at every step.
"""

from __future__ import annotations

import os
import socket
import sys
import threading

from aiohttp import web
from localstripe.resources import store
from localstripe.server import app


def end_with_input() -> None:
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    store.dump_to_disk = lambda: None
    listening = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=end_with_input, daemon=True).start()
    sys.stdout.write(f"{listening.getsockname()[1]}\n")
    sys.stdout.flush()
    web.run_app(app, sock=listening, print=None, access_log=None)
