import { KAFKA_VERSION } from "./kafka-artifacts.ts";

/** Nothing to run Kafka with; the message holds what is missing and each of the ways out. */
export class NoKafkaError extends Error {
  override readonly name = "NoKafkaError";

  constructor(missing: string, options?: ErrorOptions) {
    super(
      `The emulator cannot start Apache Kafka: ${missing}\n` +
        "What helps, any one of:\n" +
        "  Java 17 or newer on the PATH or in JAVA_HOME, e.g.  apt-get install openjdk-17-jre-headless\n" +
        "  a Maven repository that can be reached from here:   MAVEN_REPOSITORY_URL=https://…/maven2\n" +
        `  a container:  docker run -p 9092:9092 apache/kafka:${KAFKA_VERSION}  and  KAFKA_BROKERS=127.0.0.1:9092\n` +
        "  any broker of this machine without authentication: KAFKA_BROKERS=host:port[,host:port]",
      options,
    );
  }
}

/** A broker that was named does not answer; the message says which, and what to check. */
export class UnreachableKafkaError extends Error {
  override readonly name = "UnreachableKafkaError";
}
