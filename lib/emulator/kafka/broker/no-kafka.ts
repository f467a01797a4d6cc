import { KAFKA_VERSION } from "./kafka-artifacts.ts";

/** Kafka cannot be started. The message has the cause and the alternatives. */
export class NoKafkaError extends Error {
  override readonly name = "NoKafkaError";

  constructor(missing: string, options?: ErrorOptions) {
    super(
      `The emulator cannot start Apache Kafka: ${missing}\n` +
        "Any of these helps:\n" +
        "  Java 17 or newer on the PATH or in JAVA_HOME, e.g.  apt-get install openjdk-17-jre-headless\n" +
        "  a reachable Maven repository:  MAVEN_REPOSITORY_URL=https://…/maven2\n" +
        `  a container:  docker run -p 9092:9092 apache/kafka:${KAFKA_VERSION}  and  KAFKA_BROKERS=127.0.0.1:9092\n` +
        "  any broker without authentication:  KAFKA_BROKERS=host:port[,host:port]",
      options,
    );
  }
}

/** The broker of KAFKA_BROKERS does not answer. The message has its address and the checks to make. */
export class UnreachableKafkaError extends Error {
  override readonly name = "UnreachableKafkaError";
}
