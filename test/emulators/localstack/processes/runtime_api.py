"""The Lambda Runtime API for one process: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from threading import Thread

PREFIX = "/2018-06-01/runtime/"


@dataclass(frozen=True)
class Event:
    """An invocation, as the process gets it."""

    request_id: str
    function_arn: str
    deadline_ms: int
    trace_id: str
    body: bytes


class Kind(StrEnum):
    READY = auto()
    INIT_ERROR = auto()
    RESPONSE = auto()
    ERROR = auto()
    EXITED = auto()
    TIMED_OUT = auto()


@dataclass(frozen=True)
class Report:
    """A call of the process, its exit, or its silence. `body` is its payload, or the text of its exit."""

    kind: Kind
    body: bytes = b""
    request_id: str = ""


class RuntimeApi:
    """Gives the process one event after the other. Its reports come out of `reports`."""

    def __init__(self) -> None:
        self.reports: Queue[Report] = Queue()
        self._events: Queue[Event | None] = Queue()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_class(self.reports.put, self._events.get))
        self._server.daemon_threads = True
        Thread(target=self._server.serve_forever, daemon=True, name="runtime-api").start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._server.server_port}"

    def deliver(self, event: Event) -> None:
        self._events.put(event)

    def close(self) -> None:
        # For the thread that waits for an event.
        self._events.put(None)
        self._server.shutdown()
        self._server.server_close()


def _handler_class(
    report: Callable[[Report], None], next_event: Callable[[], Event | None]
) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Headers and body in one segment: otherwise Nagle's algorithm and a delayed ACK take 40 ms of each response.
        wbufsize = -1
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            if self.path != f"{PREFIX}invocation/next":
                self._respond(404, {}, b"{}")
                return
            report(Report(Kind.READY))
            event = next_event()
            if event is None:
                self.close_connection = True
                return
            headers = {
                "Lambda-Runtime-Aws-Request-Id": event.request_id,
                "Lambda-Runtime-Deadline-Ms": str(event.deadline_ms),
                "Lambda-Runtime-Invoked-Function-Arn": event.function_arn,
                "Lambda-Runtime-Trace-Id": event.trace_id,
            }
            self._respond(200, headers, event.body)

        def do_POST(self) -> None:
            body = self._body()
            match self.path.removeprefix(PREFIX).split("/"):
                case ["init", "error"]:
                    report(Report(Kind.INIT_ERROR, body))
                case ["invocation", request_id, ("response" | "error") as kind]:
                    report(Report(Kind(kind), body, request_id))
                case _:
                    self._respond(404, {}, b"{}")
                    return
            self._respond(202, {}, json.dumps({"status": "OK"}).encode())

        def _body(self) -> bytes:
            if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
                return self.rfile.read(int(self.headers.get("Content-Length", 0)))
            chunks = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                chunks.append(self.rfile.read(size))
                self.rfile.readline()
            while self.rfile.readline().strip():
                pass
            return b"".join(chunks)

        def _respond(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            own = {"Content-Type": "application/json", "Content-Length": str(len(body))}
            for name, value in {**headers, **own}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler
