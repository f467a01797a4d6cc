import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { MappingSpec } from "../assembly/model.ts";
import { DataFolderError } from "../data-lock.ts";
import type { Clock, RunningMapping } from "../types.ts";

type MappingState = "Enabled" | "Disabling" | "Disabled" | "Enabling";

/** An event source mapping as Lambda's API lists it. */
export interface MappingView {
  readonly uuid: string;
  /** Short name. */
  readonly functionName: string;
  readonly eventSourceArn: string;
  readonly topic?: string;
  readonly queue?: string;
  readonly batchSize: number;
  readonly state: MappingState;
  /** Milliseconds since the epoch. */
  readonly changedAt: number;
}

/** The event source mappings of an emulator, each of which can be switched while it runs. */
export interface SwitchableMappings extends RunningMapping {
  /** Starts a mapping, unless the template or an earlier call switched it off. */
  add(spec: MappingSpec, start: () => RunningMapping): void;
  list(): readonly MappingView[];
  /** Switches a mapping. Returns false while it is being switched; then nothing changes. */
  switch(uuid: string, isOn: boolean): boolean;
}

/** Stable over restarts, because checkpoints and the keys of destination objects have it. */
export function mappingUuid(source: string, functionName: string): string {
  const hex = createHash("sha256").update(`${source} ${functionName}`).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    "-",
  );
}

/** `dataDir` keeps what was switched off, as Lambda does. Throws DataFolderError where that cannot be read. */
export function createMappings({
  clock,
  dataDir,
}: {
  readonly clock: Clock;
  readonly dataDir?: string;
}): SwitchableMappings {
  const file = dataDir === undefined ? undefined : join(dataDir, "mappings.json");
  const off = new Set(file === undefined ? [] : readOff(file));
  const all = new Map<
    string,
    { view: MappingView; readonly start: () => RunningMapping; running?: RunningMapping }
  >();
  const set = (uuid: string, state: MappingState) => {
    const mapping = all.get(uuid);
    if (mapping !== undefined) mapping.view = { ...mapping.view, state, changedAt: clock.now() };
  };
  return {
    add(spec, start) {
      const uuid = mappingUuid(sourceOf(spec), spec.functionName);
      const isOn = spec.enabled && !off.has(uuid);
      const view = {
        ...describe(spec),
        uuid,
        state: isOn ? "Enabled" : "Disabled",
        changedAt: clock.now(),
      } as const;
      all.set(uuid, { view, start, ...(isOn && { running: start() }) });
    },
    list: () => [...all.values()].map(({ view }) => view),
    switch(uuid, isOn) {
      const mapping = all.get(uuid);
      if (mapping === undefined || mapping.view.state === (isOn ? "Enabled" : "Disabled")) return true;
      if (mapping.view.state.endsWith("ing")) return false;
      if (isOn) off.delete(uuid);
      else off.add(uuid);
      if (file !== undefined) writeOff(file, off);
      set(uuid, isOn ? "Enabling" : "Disabling");
      if (isOn) {
        mapping.running = mapping.start();
        setImmediate(() => set(uuid, "Enabled"));
      } else {
        void mapping.running?.stop().then(() => set(uuid, "Disabled"));
      }
      return true;
    },
    async stop() {
      await Promise.all([...all.values()].map(({ running }) => running?.stop()));
    },
  };
}

/** A damaged file is refused: without it, paused consumers would run. */
function readOff(file: string): readonly string[] {
  if (!existsSync(file)) return [];
  try {
    const off: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (Array.isArray(off) && off.every((uuid) => typeof uuid === "string")) return off;
    throw new Error("no list of ids");
  } catch (cause) {
    throw new DataFolderError(
      `${file} has the paused consumers and cannot be read (${cause instanceof Error ? cause.message : String(cause)}). ` +
        "Remove it to start with all consumers running, and pause them again; or choose another folder with --data.",
      { cause },
    );
  }
}

/** Renamed into place: a crash while writing would leave an incomplete file. */
function writeOff(file: string, off: ReadonlySet<string>): void {
  writeFileSync(`${file}.new`, JSON.stringify([...off]));
  renameSync(`${file}.new`, file);
}

function sourceOf(spec: MappingSpec): string {
  switch (spec.kind) {
    case "sqs":
      return spec.queueArn;
    case "stream":
      return spec.tableName;
    case "kafka":
      return spec.topic;
    case "rabbitmq":
      return spec.queue;
  }
}

function describe(spec: MappingSpec) {
  const { functionName, batchSize } = spec;
  const of = { functionName, batchSize };
  switch (spec.kind) {
    case "sqs":
      return { ...of, eventSourceArn: spec.queueArn };
    case "stream":
      return { ...of, eventSourceArn: spec.streamArn };
    case "kafka":
      return { ...of, eventSourceArn: spec.clusterArn, topic: spec.topic };
    case "rabbitmq":
      return { ...of, eventSourceArn: spec.brokerArn, queue: spec.queue };
  }
}
