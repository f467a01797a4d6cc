"""A runtime executor of LocalStack whose execution environments are processes of Node.js instead of containers.

FUNCTION_COMMAND  JSON list: the program and the arguments that run a function, a client of the Runtime API
"""

import json
import os
import time
from datetime import UTC, datetime
from queue import Empty
from threading import Lock

from localstack import config
from localstack.services.lambda_.invocation.executor_endpoint import StatusErrorException
from localstack.services.lambda_.invocation.lambda_models import FunctionVersion, InvocationResult
from localstack.services.lambda_.invocation.runtime_executor import LambdaRuntimeException, RuntimeExecutor

from processes.function_process import FunctionProcess
from processes.runtime_api import Event, Kind, Report

HOST = "127.0.0.1"
COMMAND: list[str] = json.loads(os.environ["FUNCTION_COMMAND"])


class ProcessExecutor(RuntimeExecutor):
    """One execution environment. LocalStack gives it one invocation at a time."""

    def __init__(self, id: str, function_version: FunctionVersion) -> None:
        super().__init__(id=id, function_version=function_version)
        self._process: FunctionProcess | None = None
        self._environment: dict[str, str] = {}
        self._is_stopped = False
        self._lock = Lock()

    def start(self, env_vars: dict[str, str]) -> None:
        folder = self._folder()
        own = {
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{self.function_version.config.runtime}",
            "LAMBDA_TASK_ROOT": folder,
            "LANG": "en_US.UTF-8",
            "PATH": os.environ["PATH"],
        }
        self._environment = {name: str(value) for name, value in env_vars.items()} | own
        report = self._spawn().api.reports.get()
        if report.kind == Kind.INIT_ERROR:
            raise StatusErrorException("Environment startup failed", payload=report.body)
        if report.kind == Kind.EXITED:
            raise StatusErrorException("Environment startup failed", payload=_exit_error(report))

    def stop(self) -> None:
        with self._lock:
            self._is_stopped = True
            if self._process is not None:
                self._process.end()

    def invoke(self, payload: dict[str, str]) -> InvocationResult:
        request_id = payload["invoke-id"]
        seconds = self.function_version.config.timeout
        process = self._live_process()
        started = time.monotonic()
        process.api.deliver(
            Event(
                request_id=request_id,
                function_arn=payload["invoked-function-arn"],
                deadline_ms=int((time.time() + seconds) * 1000),
                trace_id=payload["trace-id"],
                body=payload["payload"].encode(),
            )
        )
        report = _report_of(process, request_id, started + seconds)
        duration_ms = (time.monotonic() - started) * 1000
        if report.kind == Kind.TIMED_OUT:
            process.end()
        return InvocationResult(
            request_id,
            _body_of(report, request_id, seconds),
            is_error=report.kind != Kind.RESPONSE,
            logs=self._log_of(request_id, process.output(is_new=True), report, duration_ms),
        )

    def get_address(self) -> str:
        return HOST

    def get_endpoint_from_executor(self) -> str:
        return HOST

    def get_runtime_endpoint(self) -> str:
        return f"http://{HOST}:{config.GATEWAY_LISTEN[0].port}/_localstack_lambda/{self.id}"

    def get_logs(self) -> str:
        return "" if self._process is None else self._process.output(is_new=False)

    @classmethod
    def prepare_version(cls, function_version: FunctionVersion) -> None:
        if function_version.config.code:
            function_version.config.code.prepare_for_execution()

    @classmethod
    def cleanup_version(cls, function_version: FunctionVersion) -> None:
        pass

    def _folder(self) -> str:
        code = self.function_version.config.code
        if code is None:
            raise LambdaRuntimeException("Functions run from zip files only, not from images")
        return str(code.get_unzipped_code_location())

    def _spawn(self) -> FunctionProcess:
        with self._lock:
            if self._is_stopped:
                raise LambdaRuntimeException("Stopped while it started")
            self._process = FunctionProcess(COMMAND, self._folder(), self._environment)
            return self._process

    def _live_process(self) -> FunctionProcess:
        """As Lambda does, starts an environment anew whose last invocation timed out or crashed it."""
        if self._process is None:
            return self._spawn()
        if self._process.is_alive:
            return self._process
        self._process.end()
        return self._spawn()

    def _log_of(self, request_id: str, output: str, report: Report, duration_ms: float) -> str:
        version, memory_mb = self.function_version.id.qualifier, self.function_version.config.memory_size
        late = f"{_now()} {request_id} Task timed out\n" if report.kind == Kind.TIMED_OUT else ""
        newline = "" if output == "" or output.endswith("\n") else "\n"
        return (
            f"START RequestId: {request_id} Version: {version}\n{output}{newline}{late}END RequestId: {request_id}\n"
            f"REPORT RequestId: {request_id}\tDuration: {duration_ms:.2f} ms\t"
            f"Billed Duration: {int(duration_ms) + 1} ms\tMemory Size: {memory_mb} MB\t"
            f"Max Memory Used: {memory_mb} MB\t\n"
        )


def _report_of(process: FunctionProcess, request_id: str, deadline: float) -> Report:
    """The report on this invocation. Earlier ones, such as that the process is ready, are skipped."""
    while True:
        try:
            report = process.api.reports.get(timeout=max(0.001, deadline - time.monotonic()))
        except Empty:
            return Report(Kind.TIMED_OUT)
        if report.kind in (Kind.INIT_ERROR, Kind.EXITED) or report.request_id == request_id:
            return report


def _body_of(report: Report, request_id: str, timeout_seconds: int) -> bytes:
    match report.kind:
        case Kind.TIMED_OUT:
            text = f"{_now()} {request_id} Task timed out after {timeout_seconds:.2f} seconds"
            return _error("Sandbox.Timedout", text)
        case Kind.EXITED:
            return _exit_error(report, f"RequestId: {request_id} Error: ")
        case _:
            return report.body


def _exit_error(report: Report, start: str = "") -> bytes:
    return _error("Runtime.ExitError", f"{start}Runtime exited with error: {report.body.decode()}")


def _error(kind: str, message: str) -> bytes:
    return json.dumps({"errorType": kind, "errorMessage": message}).encode()


def _now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
