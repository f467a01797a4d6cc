import { join } from "node:path";
import { KAFKA_ARTIFACTS, KAFKA_VERSION } from "./kafka-artifacts.ts";
import { MavenError, type MavenFiles, mavenFiles } from "./maven-files.ts";
import { NoKafkaError } from "./no-kafka.ts";

export interface JarOptions extends Partial<Pick<MavenFiles, "repository" | "artifacts" | "onProgress">> {
  /** Cache folder of the jars. */
  readonly cacheDir: string;
}

/** Paths of the jars; see `mavenFiles`. Rejects with NoKafkaError for a jar that cannot be downloaded or differs. */
export async function kafkaJars({ cacheDir, ...options }: JarOptions): Promise<readonly string[]> {
  const folder = join(cacheDir, KAFKA_VERSION);
  const what = `Apache Kafka ${KAFKA_VERSION}`;
  try {
    return await mavenFiles({ what, folder, artifacts: KAFKA_ARTIFACTS, ...options });
  } catch (cause) {
    throw cause instanceof MavenError ? new NoKafkaError(cause.message, { cause }) : cause;
  }
}
