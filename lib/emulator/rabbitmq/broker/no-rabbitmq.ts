/** RabbitMQ cannot be started. The message holds the cause and the alternatives. */
export class NoRabbitError extends Error {
  override readonly name = "NoRabbitError";

  constructor(missing: string, options?: ErrorOptions) {
    super(
      `The emulator cannot start RabbitMQ: ${missing}\n` +
        "Any of these helps:\n" +
        "  the server of the system, e.g.  apt-get install --no-install-recommends rabbitmq-server\n" +
        "  its folder where it is elsewhere:  RABBITMQ_HOME=/opt/rabbitmq\n" +
        "  a container:  docker run -p 5672:5672 -p 15672:15672 rabbitmq:4-management  and  " +
        "RABBITMQ_URL=amqp://guest:guest@127.0.0.1:5672\n" +
        "  any broker on a loopback address:  RABBITMQ_URL=amqp://user:password@127.0.0.1:5672/vhost",
      options,
    );
  }
}

/** The broker of RABBITMQ_URL cannot be used. The message holds its address and what to check. */
export class UnreachableRabbitError extends Error {
  override readonly name = "UnreachableRabbitError";
}
