"""DynamoDB Local in this process, in memory and on loopback: `python -m processes.dynamodb_local PORT`.

Its own command line listens on every address and has no flag for another one. It ends with the process that started it.

DYNAMODB_LOCAL_FOLDER  its jars and native libraries
"""

import os
import sys
import threading
import time

import jpype

HEAP = "-Xmx512m"
PARENT_CHECK_SECONDS = 0.5


def end_with_parent() -> None:
    """A killed LocalStack stops nothing."""
    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(PARENT_CHECK_SECONDS)
    os._exit(0)


def main(port: str) -> None:
    threading.Thread(target=end_with_parent, daemon=True).start()
    folder = os.environ["DYNAMODB_LOCAL_FOLDER"]
    jpype.startJVM(HEAP, f"-Djava.library.path={folder}", classpath=[f"{folder}/*"])
    runner = jpype.JClass("software.amazon.dynamodb.services.local.main.ServerRunner")
    proxy = runner.createServerFromCommandLineArgs(["-inMemory", "-port", port])
    jetty = proxy.getClass().getDeclaredField("server")
    jetty.setAccessible(True)
    for connector in jetty.get(proxy).getConnectors():
        connector.setHost("127.0.0.1")
    proxy.start()
    proxy.join()


if __name__ == "__main__":
    main(sys.argv[1])
