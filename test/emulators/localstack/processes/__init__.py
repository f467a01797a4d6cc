"""LocalStack without Docker: its functions and its DynamoDB as child processes, everything on loopback."""
