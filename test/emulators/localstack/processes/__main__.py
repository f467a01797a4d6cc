"""Runs LocalStack: `python -m processes`. The variables are set by `../processes.ts`."""

from functools import partial

from localstack.services.dynamodb.server import DynamodbServer
from localstack.services.lambda_.invocation import docker_runtime_executor
from twisted.internet import endpoints

from processes.dynamodb_thread import start_dynamodb_thread
from processes.executor import ProcessExecutor

# LocalStack takes the port of GATEWAY_LISTEN and ignores its address.
endpoints.TCP4ServerEndpoint = partial(endpoints.TCP4ServerEndpoint, interface="127.0.0.1")

# Its plugin imports the class at each start of a function.
docker_runtime_executor.DockerRuntimeExecutor = ProcessExecutor

# Its own thread downloads DynamoDB Local and a Java, and listens on every address.
DynamodbServer.do_start_thread = start_dynamodb_thread

if __name__ == "__main__":
    from localstack.runtime.main import main

    main()
