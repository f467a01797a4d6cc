import { createHash } from "node:crypto";
import { mkdir, rename, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { elapsed } from "../../elapsed.ts";

const MAVEN_CENTRAL = "https://repo1.maven.org/maven2";
const AT_ONCE = 6;
const PROGRESS_EVERY_MS = 1_000;
const DOWNLOAD_MS = 120_000;

/** Path in a Maven repository, bytes, SHA-256. */
export type Artifact = readonly [path: string, bytes: number, sha256: string];

/** A file cannot be downloaded, or differs from its checksum. The message names it. */
export class MavenError extends Error {
  override readonly name = "MavenError";
}

export interface MavenFiles {
  /** For progress, such as `Apache Kafka 4.1.2`. */
  readonly what: string;
  readonly artifacts: readonly Artifact[];
  readonly folder: string;
  /** A Maven repository; default: `MAVEN_REPOSITORY_URL`, else Maven Central. */
  readonly repository?: string | undefined;
  readonly onProgress?: ((text: string) => void) | undefined;
}

/** Paths of the files. Missing ones are downloaded and compared with their checksums. Rejects with MavenError. */
export async function mavenFiles(options: MavenFiles): Promise<readonly string[]> {
  const { what, folder, artifacts, onProgress = () => {} } = options;
  const repository = options.repository ?? process.env["MAVEN_REPOSITORY_URL"] ?? MAVEN_CENTRAL;
  await mkdir(folder, { recursive: true });
  const fileOf = ([path]: Artifact) => join(folder, basename(path));
  const missing: Artifact[] = [];
  for (const artifact of artifacts) if (!(await isCached(fileOf(artifact), artifact))) missing.push(artifact);

  const totalMb = megabytes(missing.reduce((sum, [, bytes]) => sum + bytes, 0));
  let fetched = 0;
  let reportedAt = Number.NEGATIVE_INFINITY;
  const queue = [...missing];
  const work = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      await fetchFile(next, repository.replace(/\/$/, ""), fileOf(next));
      fetched += next[1];
      if (elapsed.now() - reportedAt < PROGRESS_EVERY_MS) continue;
      reportedAt = elapsed.now();
      onProgress(`Downloading ${what}: ${megabytes(fetched)} of ${totalMb} MB …`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return artifacts.map(fileOf);
}

async function fetchFile([path, , sha256]: Artifact, repository: string, file: string): Promise<void> {
  const url = `${repository}/${path}`;
  const content = await download(url).catch((cause: unknown) => {
    const why = cause instanceof Error ? (cause.cause instanceof Error ? cause.cause : cause).message : cause;
    throw new MavenError(`${url} cannot be downloaded: ${why}`, { cause });
  });
  const found = createHash("sha256").update(content).digest("hex");
  if (found !== sha256) {
    throw new MavenError(`${url} has a wrong checksum: its SHA-256 is ${found} instead of ${sha256}`);
  }
  // Renamed into place, so that an incomplete file is never used.
  const part = `${file}.${process.pid}`;
  await writeFile(part, content);
  await rename(part, file);
}

async function download(url: string): Promise<Buffer> {
  const response = await fetch(url, { signal: AbortSignal.timeout(DOWNLOAD_MS) });
  if (!response.ok) throw new Error(`the repository answered ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
}

const isCached = (file: string, [, bytes]: Artifact): Promise<boolean> =>
  stat(file).then(
    ({ size }) => size === bytes,
    () => false,
  );

const megabytes = (bytes: number): number => Math.ceil(bytes / 1_000_000);
