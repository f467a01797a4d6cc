import type { EmulatorModel } from "../assembly/model.ts";
import type { EmulatorContext } from "../emulator-context.ts";
import type { Decided } from "./check-permissions.ts";

const SIMULATOR = "@cloud-copilot/iam-simulate";

/**
 * Refuses the SDK calls that the policies of the assembly do not permit, each with one line for the first of its kind.
 * What cannot be evaluated is reported once. `onDecided` gets every decision.
 */
export async function addPermissionCheck(
  { calls, region, log }: Pick<EmulatorContext, "calls" | "region" | "log">,
  { permissions: all }: Pick<EmulatorModel, "permissions">,
  onDecided: (decided: Decided) => void = () => {},
): Promise<void> {
  const say = (text: string) => log("permissions", text);
  // Its licence, the AGPL, is not that of this package: an app installs it by its own decision.
  const check = await import("./check-permissions.ts").catch((error: unknown) => {
    if (!isMissing(error)) throw error;
    say(`Permissions are not checked. To check them:  npm install --save-dev ${SIMULATOR}`);
  });
  if (check === undefined) return;
  const { knownConditions } = await import("./known-conditions.ts");
  const { permissions, unknownKeys } = knownConditions(all);
  for (const { name, unknown } of permissions.principals)
    if (unknown !== undefined) say(`The calls of ${name} are not checked: ${unknown}`);
  if (unknownKeys.length > 0)
    say(
      `Conditions are not evaluated by ${unknownKeys.join(", ")}: allowed without them, not denied for them`,
    );
  calls.add(
    check.checkPermissions({
      permissions,
      region,
      onDecided(decided) {
        const { kind } = decided.decision;
        if (kind === "no-allow" || kind === "denied") say(check.denialLine(decided));
        if (decided.decision.kind === "unknown")
          say(`${decided.action} on ${decided.resource} is not checked: ${decided.decision.reason}`);
        onDecided(decided);
      },
    }),
  );
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error &&
  "code" in error &&
  error.code === "ERR_MODULE_NOT_FOUND" &&
  error.message.includes(SIMULATOR);
