import { randomUUID } from "node:crypto";
import { systemClock } from "../../adapters/system-clock.ts";
import { SERVICE } from "../../contract/names.ts";
import { optional } from "./environment.ts";

/** What most functions share. Each part is made once for a function instance. */
export const clock = systemClock;
export const newId = (): string => randomUUID();

/** Value of the dimension `service` on metrics. */
export const service = optional("service") ?? SERVICE;

/** One write for all lines of a batch; console.log would put a prefix before each, and metrics could not be read. */
export function write(text: string): void {
  process.stdout.write(text);
}
