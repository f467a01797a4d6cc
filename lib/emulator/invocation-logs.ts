import { invocationLine } from "../operator/observe/invocation-line.ts";
import type { InvocationLog } from "../operator/observe/view-types.ts";
import type { LogLine } from "./types.ts";

/** The lines of the latest invocations, and of failed ones for longer. */
export interface InvocationLogs {
  /** Accepts any line; ignores lines without an invocation. */
  add(line: LogLine): void;
  read(requestId: string): InvocationLog;
}

export interface InvocationBounds {
  /** Characters of all lines. */
  readonly characters?: number;
  /** Lines of one invocation; further ones are dropped. */
  readonly lines?: number;
}

interface Kept {
  readonly source: string;
  readonly lines: LogLine[];
  characters: number;
  isCut: boolean;
}

/** The share of the characters that failed invocations may use. */
const FAILED_SHARE = 0.5;
const FAILURE = /"outcome":"(?:retry|park)"|"level":"error"/;
const isFailure = ({ stream, text }: LogLine) => stream !== "stdout" || FAILURE.test(text);

export function openInvocationLogs({
  characters: most = 16_000_000,
  lines: mostLines = 500,
}: InvocationBounds = {}): InvocationLogs {
  // A map keeps insertion order: the first is the oldest.
  const latest = new Map<string, Kept>();
  const failed = new Map<string, Kept>();
  const sizes = new Map([latest, failed].map((kept) => [kept, 0]));
  const grow = (of: Map<string, Kept>, by: number) => sizes.set(of, (sizes.get(of) ?? 0) + by);
  const evict = (from: Map<string, Kept>, limit: number) => {
    for (const [requestId, kept] of from) {
      if ((sizes.get(from) ?? 0) <= limit) return;
      from.delete(requestId);
      grow(from, -kept.characters);
      if (from !== latest || !kept.lines.some(isFailure)) continue;
      failed.set(requestId, kept);
      grow(failed, kept.characters);
    }
  };
  return {
    add(line) {
      const { requestId, source, text } = line;
      if (requestId === undefined || text.startsWith('{"_aws"')) return;
      let kept = latest.get(requestId);
      if (kept === undefined) {
        kept = { source, lines: [], characters: 0, isCut: false };
        latest.set(requestId, kept);
      }
      if (kept.lines.length >= mostLines) {
        kept.isCut = true;
        return;
      }
      kept.lines.push(line);
      kept.characters += text.length;
      grow(latest, text.length);
      if ((sizes.get(latest) ?? 0) <= most * (1 - FAILED_SHARE)) return;
      evict(latest, most * (1 - FAILED_SHARE));
      evict(failed, most * FAILED_SHARE);
    },
    read(requestId) {
      const kept = latest.get(requestId) ?? failed.get(requestId);
      if (kept === undefined) return { requestId, lines: [], isCut: false };
      const { source, lines, isCut } = kept;
      const shown = lines.flatMap(
        ({ at, text, stream }) => invocationLine(at, text, stream === "stderr") ?? [],
      );
      return { requestId, source, lines: shown, isCut };
    },
  };
}
