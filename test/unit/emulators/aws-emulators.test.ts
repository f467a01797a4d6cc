import { once } from "node:events";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { run } from "../../../lib/deploy/child.ts";
import { emulatorEnvironment } from "../../emulators/aws-emulator.ts";
import {
  portOf,
  requireDocker,
  requireFreePort,
  requireToken,
  whyDown,
} from "../../emulators/localstack/docker.ts";
import { requirePython } from "../../emulators/ministack/python.ts";
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

describe("MiniStack", () => {
  it("accepts a Python that is new enough", async () => {
    const python = await program("new-python", 'echo "3 14"');

    await expect(requirePython(python)).resolves.toBeUndefined();
  });

  it.each([
    ["is too old", 'echo "3 9"', /needs Python 3\.10 or newer, and .* is 3\.9/],
    ["does not run", "exit 1", /needs Python 3\.10 or newer, and there is no/],
  ])("reports the required Python, and how to set one, where it %s", async (what, script, expected) => {
    const python = await program(`python-${what.length}`, script);

    const required = requirePython(python);

    await expect(required).rejects.toThrow(expected);
    await expect(required).rejects.toThrow("PYTHON=/path/to/python3 npm run ministack:test");
  });

  it("reports a missing Python, and the alternative without it", async () => {
    const required = requirePython("/nowhere/python3");

    await expect(required).rejects.toThrow(/there is no \/nowhere\/python3/);
    await expect(required).rejects.toThrow("npm start");
  });
});

describe("LocalStack", () => {
  it.each([
    ["there is no Docker", "/nowhere/docker", /needs Docker, which is not here/],
    ["its daemon does not respond", "exit 1", /whose daemon does not answer/],
    ["compose is missing", 'test "$1" = version', /compose plugin/],
  ])("where %s reports it at once, with the alternative", async (what, script, expected) => {
    const docker = script.startsWith("/") ? script : await program(`docker-${what.length}`, script);

    const required = requireDocker(docker);

    await expect(required).rejects.toThrow(expected);
    await expect(required).rejects.toThrow(/npm run ministack:test .* npm start/);
  });

  it.each(["up", "deploy", "bridge", "down"])(
    "npm run localstack:%s ends with 2 and one line where it is missing",
    async (name) => {
      const env = { PATH: folder, LOCALSTACK_PORT: "1" };

      const { code, output } = await run(process.execPath, [`test/emulators/localstack/${name}.ts`], { env });

      expect(code).toBe(2);
      expect(output).toMatch(/^LocalStack needs Docker, which is not here\. .*\n$/);
    },
  );

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
