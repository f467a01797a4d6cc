import { spawn } from "node:child_process";

/** Opens an address in the operator's browser. Does nothing where there is none: the address is printed too. */
export function openBrowser(url: string, platform = process.platform, env = process.env): void {
  const command = commandFor(platform, env);
  if (command === undefined) return;
  const [name = "", ...args] = command;
  const browser = spawn(name, [...args, url], { stdio: "ignore", detached: true });
  browser.on("error", () => {});
  browser.unref();
}

/** The program that opens addresses; undefined on a machine without a display. */
function commandFor(
  platform: NodeJS.Platform,
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] | undefined {
  if (platform === "darwin") return ["open"];
  if (platform === "win32") return ["rundll32", "url.dll,FileProtocolHandler"];
  return env["DISPLAY"] === undefined && env["WAYLAND_DISPLAY"] === undefined ? undefined : ["xdg-open"];
}
