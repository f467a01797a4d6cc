import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { NoKafkaError } from "./no-kafka.ts";

const OLDEST = 17;

/** The `java` of JAVA_HOME or of the PATH. Rejects with NoKafkaError where it is missing or older than 17. */
export async function findJava(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<string> {
  const home = environment["JAVA_HOME"];
  const java = home === undefined || home === "" ? "java" : join(home, "bin", "java");
  const output = await promisify(execFile)(java, ["-version"], { env: { ...environment } }).catch(
    (cause: unknown) => {
      throw new NoKafkaError(`it needs Java ${OLDEST}, and ${java} cannot be run`, { cause });
    },
  );
  const major = majorVersion(output.stderr);
  if (major === undefined || major < OLDEST) {
    throw new NoKafkaError(
      `it needs Java ${OLDEST} or newer, and ${java} is ${output.stderr.split("\n")[0]}`,
    );
  }
  return java;
}

/** `17` of `openjdk version "17.0.15" 2025-04-15`, `8` of `java version "1.8.0_392"`. */
export function majorVersion(text: string): number | undefined {
  const [, first, second] = /version "(\d+)(?:\.(\d+))?/.exec(text) ?? [];
  if (first === undefined) return undefined;
  return Number(first === "1" ? second : first);
}
