import { AssemblyError } from "../assembly/template-values.ts";
import { DataFolderError, DataInUseError } from "../data-lock.ts";
import { FileHandlesError } from "../file-handles.ts";
import { PortTakenError } from "../http-server.ts";
import { NoKafkaError, UnreachableKafkaError } from "../kafka/broker/no-kafka.ts";
import { NoRabbitError, UnreachableRabbitError } from "../rabbitmq/broker/no-rabbitmq.ts";
import { NoDynamoDbError } from "../services/find-dynamodb.ts";
import { NoAppError, SynthError } from "../synthesize-app.ts";

const EXPECTED = [
  AssemblyError,
  DataFolderError,
  DataInUseError,
  FileHandlesError,
  PortTakenError,
  NoDynamoDbError,
  NoKafkaError,
  UnreachableKafkaError,
  NoRabbitError,
  UnreachableRabbitError,
  NoAppError,
  SynthError,
];

/** The message of an expected error; the stack of any other. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return EXPECTED.some((type) => error instanceof type) ? error.message : (error.stack ?? error.message);
}
