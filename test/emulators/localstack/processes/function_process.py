"""One process of a function, with its Runtime API and its output."""

import os
import signal
import subprocess
import tempfile
from contextlib import suppress
from threading import Thread

from processes.runtime_api import Kind, Report, RuntimeApi


class FunctionProcess:
    def __init__(self, command: list[str], folder: str, environment: dict[str, str]) -> None:
        self.api = RuntimeApi()
        # A file, not a pipe: the output that precedes a response is complete when the response arrives.
        self._output = tempfile.TemporaryFile()
        self._read = 0
        self._process = subprocess.Popen(
            command,
            cwd=folder,
            env={**environment, "AWS_LAMBDA_RUNTIME_API": self.api.address},
            # The client ends when this pipe closes, so no function outlives LocalStack.
            stdin=subprocess.PIPE,
            stdout=self._output,
            stderr=subprocess.STDOUT,
        )
        Thread(target=self._report_exit, daemon=True, name=f"function-{self._process.pid}").start()

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def output(self, *, is_new: bool) -> str:
        """All of its output, or that since the last call with `is_new`."""
        # pread: the offset of the file is shared with the process, which writes at it.
        size = os.fstat(self._output.fileno()).st_size
        start = self._read if is_new else 0
        if is_new:
            self._read = size
        return os.pread(self._output.fileno(), size - start, start).decode(errors="replace")

    def end(self) -> None:
        with suppress(ProcessLookupError):
            self._process.kill()
        self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()
        self.api.close()

    def _report_exit(self) -> None:
        code = self._process.wait()
        how = f"exit status {code}" if code >= 0 else f"signal: {signal.strsignal(-code)}"
        self.api.reports.put(Report(Kind.EXITED, how.encode()))
