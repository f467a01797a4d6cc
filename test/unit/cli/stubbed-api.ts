import { vi } from "vitest";
import { runCommandLine } from "../../../lib/operator/cli/run-command.ts";

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

/** Replaces the global `fetch`. */
export interface StubbedApi {
  readonly asked: Asked[];
  /** Responses by `METHOD path`, used in order; the last one repeats. */
  readonly answers: Record<string, (object | Response)[]>;
  /** Whether standard output is a terminal. */
  isTerminal: boolean;
  /** Aborted by a test in place of Ctrl-C. */
  readonly interruption: AbortController;
  /** Runs a command against the stub. */
  run(...args: readonly string[]): Promise<{ code: number; text: string; errors: string }>;
}

/** Undo with `vi.unstubAllGlobals()`. */
export function stubbedApi(): StubbedApi {
  const asked: Asked[] = [];
  const answers: StubbedApi["answers"] = {};
  vi.stubGlobal("fetch", async (input: string | URL, init: RequestInit = {}) => {
    const { pathname, search } = new URL(input);
    const { method = "GET", body } = init;
    const path = `${pathname}${search}`;
    asked.push({ method, path, body: body === undefined ? undefined : JSON.parse(String(body)) });
    const left = answers[`${method} ${path}`] ?? [];
    const answer = left.length > 1 ? left.shift() : left[0];
    if (answer === undefined) return Response.json({ code: "NOT_FOUND", title: "none" }, { status: 404 });
    return answer instanceof Response ? answer.clone() : Response.json(answer);
  });
  const api: StubbedApi = {
    asked,
    answers,
    isTerminal: false,
    interruption: new AbortController(),
    async run(...args) {
      const out = { text: "", errors: "" };
      const code = await runCommandLine(args, {
        write: (text) => {
          out.text += text;
        },
        writeError: (text) => {
          out.errors += text;
        },
        isInteractive: true,
        isTerminal: api.isTerminal,
        interruption: () => api.interruption.signal,
        version: "1.2.3",
        defaultUrl: async () => "http://emulator",
      });
      return { code, ...out };
    },
  };
  return api;
}
