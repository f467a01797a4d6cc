import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";

test.skipIf(process.platform === "win32")(
  "K12: with 64 file handles the emulator prints the required number, and does not start",
  async () => {
    const command = `ulimit -n 64 && exec "${process.execPath}" bin/start.ts --port 0`;
    const child = spawn("/bin/sh", ["-c", command], { stdio: ["ignore", "pipe", "pipe"] });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (text += chunk));
    const [code] = await once(child, "close");

    expect({ code, text }).toEqual({
      code: 1,
      text: "The emulator needs at least 512 file handles, and this shell permits 64. Permit more:  ulimit -n 1024\n",
    });
  },
);
