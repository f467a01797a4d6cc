import { vi } from "vitest";
import { runCommandLine } from "../../../lib/operator/cli/run-command.ts";

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

/** An API in place of the global `fetch`. */
export interface StubbedApi {
  readonly asked: Asked[];
  /** Answers by `METHOD path`, each as often as it is there and the last one for ever. */
  readonly answers: Record<string, (object | Response)[]>;
  /** Runs a command against it. */
  run(...args: readonly string[]): Promise<{ code: number; text: string; errors: string }>;
}

/** Ends with `vi.unstubAllGlobals()`. */
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
  return {
    asked,
    answers,
    async run(...args) {
      const out = { text: "", errors: "" };
      const code = await runCommandLine(args, {
        write: (text) => {
          out.text += text;
        },
        writeError: (text) => {
          out.errors += text;
        },
        hasAlarm: true,
        defaultUrl: async () => "http://stage",
      });
      return { code, ...out };
    },
  };
}
