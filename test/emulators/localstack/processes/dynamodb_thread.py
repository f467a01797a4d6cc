"""Starts DynamoDB Local for LocalStack, which restarts it when it ends unexpectedly."""

import logging
import sys

from localstack.services.dynamodb.server import DynamodbServer
from localstack.utils.run import ShellCommandThread
from localstack.utils.threads import TMP_THREADS, FuncThread

LOG = logging.getLogger(__name__)


def _log_line(line: str, **_: object) -> None:
    LOG.info(line.rstrip())


def start_dynamodb_thread(server: DynamodbServer) -> FuncThread:
    thread = ShellCommandThread(
        [sys.executable, "-m", "processes.dynamodb_local", str(server.port)],
        auto_restart=True,
        inherit_cwd=True,
        log_listener=_log_line,
        name="dynamodb-local",
    )
    # LocalStack stops the threads of this list at its end.
    TMP_THREADS.append(thread)
    thread.start()
    return thread
