import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { run } from "../../../lib/deploy/child.ts";
import { emulatorEnvironment } from "../../emulators/aws-emulator.ts";
import {
  missingDocker,
  portOf,
  requireFreePort,
  requireToken,
  whyDown,
} from "../../emulators/localstack/docker.ts";
import { stopProcesses } from "../../emulators/localstack/processes.ts";
import { MINISTACK } from "../../emulators/ministack/python.ts";
import { findPython, type PythonTool } from "../../emulators/python-tool.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

let folder: string;
beforeAll(async () => {
  folder = temporaryFolder();
});

/** A program of this name, in place of a missing one. */
async function program(name: string, script: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

const TOOL: PythonTool = {
  ...MINISTACK,
  python: { oldest: "3.13", newest: "3.13" },
};

describe("a tool of Python", () => {
  it.each([
    [MINISTACK, "3 10"],
    [MINISTACK, "3 14"],
    [TOOL, "3 13"],
  ])("accepts a Python that it takes", async (tool, version) => {
    const python = await program(`python-${version}`.replace(" ", "."), `echo "${version}"`);

    await expect(findPython(tool, python)).resolves.toBe(python);
  });

  it.each([
    ["is too old", MINISTACK, 'echo "3 9"', /needs Python 3\.10 or newer, and .* is 3\.9/],
    ["is too new", TOOL, 'echo "3 14"', /needs Python 3\.13, and .* is 3\.14/],
    ["does not run", MINISTACK, "exit 1", /needs Python 3\.10 or newer, and there is no/],
  ])("reports the required Python, and how to set one, where it %s", async (what, tool, script, expected) => {
    const python = await program(`python-${what.length}-${script.length}`, script);

    const required = findPython(tool, python);

    await expect(required).rejects.toThrow(expected);
    await expect(required).rejects.toThrow("PYTHON=/path/to/python3 npm run ministack:test");
  });

  it("reports a missing Python, and the alternative without it", async () => {
    const required = findPython(MINISTACK, "/nowhere/python3");

    await expect(required).rejects.toThrow(/there is no \/nowhere\/python3/);
    await expect(required).rejects.toThrow("npm start");
  });
});

describe("LocalStack", () => {
  it.each([
    ["there is no Docker", "/nowhere/docker", "There is no Docker"],
    ["its daemon does not respond", "exit 1", /daemon does not answer/],
    ["compose is missing", 'test "$1" = version', /no compose plugin/],
    ["all is there", "exit 0", undefined],
  ])("where %s, names it", async (what, script, expected) => {
    const docker = script.startsWith("/") ? script : await program(`docker-${what.length}`, script);

    const missing = await missingDocker(docker);

    if (expected === undefined) expect(missing).toBeUndefined();
    else expect(missing).toMatch(expected);
  });

  it.each(["deploy", "bridge"])(
    "npm run localstack:%s ends with one line where it does not run",
    async (name) => {
      const env = { PATH: folder, LOCALSTACK_PORT: "1" };

      const { code, output } = await run(process.execPath, [`test/emulators/localstack/${name}.ts`], { env });

      expect(code).toBe(1);
      expect(output).toBe("Nothing answers at http://127.0.0.1:1. Start it:  npm run localstack:up\n");
    },
  );

  it("without Docker has no broker", async () => {
    const args = ["test/emulators/localstack/up.ts", "--kafka", "--no-docker"];

    const { code, output } = await run(process.execPath, args, { env: { PATH: folder } });

    expect(code).toBe(2);
    expect(output).toMatch(/--kafka needs Docker/);
  });

  it("without Docker is stopped by its process id, and no other program is", async () => {
    const state = temporaryFolder();
    const start = async (...args: readonly string[]) => {
      const child = spawn("sh", ["-c", "sleep 60; :", ...args], { detached: true });
      await mkdir(state, { recursive: true });
      await writeFile(join(state, "pid"), String(child.pid));
      return child;
    };

    const other = await start("another program");
    expect(await stopProcesses(state)).toBe(false);
    expect(other.exitCode ?? other.signalCode).toBeNull();
    other.kill();

    const ours = await start("-m", "processes");
    const ended = once(ours, "exit");
    expect(await stopProcesses(state)).toBe(true);
    await ended;
    expect(existsSync(state)).toBe(false);
  });

  it("requires a token for every image except the free one", () => {
    const image = "localstack/localstack:2026.8";

    expect(() => requireToken({ LOCALSTACK_IMAGE: image })).toThrow(/set LOCALSTACK_AUTH_TOKEN/);
    expect(() => requireToken({ LOCALSTACK_IMAGE: image, LOCALSTACK_AUTH_TOKEN: "ls-x" })).not.toThrow();
    expect(() => requireToken({})).not.toThrow();
  });

  it("reports a refused token, otherwise the end of its log", () => {
    expect(whyDown("… License activation failed! …")).toMatch(/check LOCALSTACK_AUTH_TOKEN/);
    expect(whyDown("one\ntwo")).toMatch(/two$/);
  });

  it("reports a port in use, and how to choose another", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;

    const taken = requireFreePort(port, "LOCALSTACK_PORT");

    await expect(taken).rejects.toThrow(
      `Port ${port} is taken. Choose another:  LOCALSTACK_PORT=${port + 1} npm run localstack:up`,
    );
    server.close();
  });

  it.each(["0", "70000", "http"])("has no port %j", (LOCALSTACK_PORT) => {
    expect(() => portOf({ LOCALSTACK_PORT })).toThrow(/a port from 1 to 65535/);
  });

  it("is pinned to the image that the messages name", async () => {
    const compose = await readFile("test/emulators/localstack/compose.yaml", "utf8");

    expect(compose).toContain(`\${LOCALSTACK_IMAGE:-localstack/localstack:4.14.0}`);
    expect(compose.match(/^ {6}- "(?!127\.0\.0\.1:)/gm)).toBeNull();
  });
});

it("programs for an emulator use it, with any profile of the environment", () => {
  process.env["AWS_PROFILE"] = "production";

  const env = emulatorEnvironment({ name: "x", endpoint: "http://127.0.0.1:1", hasMail: true });

  delete process.env["AWS_PROFILE"];
  expect(env).not.toHaveProperty("AWS_PROFILE");
  expect(env).toMatchObject({ AWS_ENDPOINT_URL: "http://127.0.0.1:1", AWS_ACCESS_KEY_ID: "test" });
});
