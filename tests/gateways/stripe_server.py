"""The processes and ports behind Stripe's double: localstripe by itself, and the layer in front of it."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from tests.gateways.stripe_double import Fault, StripeDouble

LAUNCHER = Path(__file__).with_name("run_localstripe.py")


class Handler(BaseHTTPRequestHandler):
    """HTTP in, HTTP out."""

    protocol_version = "HTTP/1.1"
    # Head and body go out one after the other: the second would wait for the first to be acknowledged.
    disable_nagle_algorithm = True
    double: StripeDouble

    def setup(self) -> None:
        super().setup()
        self.double.lines.append(self.connection)

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def log_message(self, *_: object) -> None:
        pass

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        with self.double.working(), suppress(ConnectionError):
            answer, fault = self.double.handle(self.command, parts.path, body or parts.query, headers)
            if answer is None:
                self.close_connection = True
                return
            status, content = answer[0], json.dumps(answer[1]).encode()
            if fault is Fault.GARBAGE:
                content = b"<html>Welcome to the network of the hotel</html>"
            if fault is Fault.BAD_GATEWAY:
                status, content = 502, b'{"error": "bad gateway"}'
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            if self.double.notice:
                self.send_header("Stripe-Notice", self.double.notice)
            self.end_headers()
            self.wfile.write(content[: len(content) // 2] if fault is Fault.CUT else content)
            if fault is Fault.CUT:
                self.close_connection = True


@contextmanager
def running_localstripe() -> Iterator[int]:
    """localstripe in a process of its own; gives its port."""
    command = [sys.executable, str(LAUNCHER)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline())
        finally:
            process.kill()


@contextmanager
def running_double(upstream_port: int) -> Iterator[StripeDouble]:
    """A layer of one's own in front of an emptied localstripe."""
    double = StripeDouble(upstream_port)
    double.forward("DELETE", "/_config/data", {})
    handler = type("OwnHandler", (Handler,), {"double": double})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    double.port = server.server_address[1]
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    serving.start()

    def stop() -> None:
        double.release()
        server.shutdown()
        serving.join()
        server.server_close()
        double.hang_up()

    double.stop = cache(stop)
    try:
        yield double
    finally:
        double.stop()
