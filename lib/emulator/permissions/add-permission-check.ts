import type { EmulatorModel } from "../assembly/model.ts";
import type { EmulatorContext } from "../emulator-context.ts";
import type { Decided, KeyPermits } from "./check-permissions.ts";
import { knownConditions } from "./known-conditions.ts";
import { permittedModel } from "./standing-permissions.ts";

const SIMULATOR = "@cloud-copilot/iam-simulate";

export interface CheckedModel {
  readonly model: EmulatorModel;
  /** For the callers of APIs. */
  readonly isKeyPermitted: KeyPermits;
}

/**
 * Refuses the SDK calls that the policies of the assembly do not permit, each with one line for the first of its kind, and
 * resolves to the model without what they do not permit to AWS's services. What cannot be evaluated is reported once.
 * `onDecided` gets every decision.
 */
export async function addPermissionCheck(
  { calls, region, log }: Pick<EmulatorContext, "calls" | "region" | "log">,
  model: EmulatorModel,
  onDecided: (decided: Decided) => void = () => {},
): Promise<CheckedModel> {
  const report = (text: string) => log("permissions", text);
  // Its licence, the AGPL, is not that of this package: an app installs it by its own decision.
  const simulated = await import("./check-permissions.ts").catch((error: unknown) => {
    if (!isMissing(error)) throw error;
    report(`Permissions are not checked. To check them:  npm install --save-dev ${SIMULATOR}`);
  });
  if (simulated === undefined) return { model, isKeyPermitted: async () => true };
  const { permissions, unknownKeys } = knownConditions(model.permissions);
  for (const { name, unknown } of permissions.principals)
    if (unknown !== undefined) report(`The calls of ${name} are not checked: ${unknown}`);
  if (unknownKeys.length > 0)
    report(
      `Conditions are not evaluated by ${unknownKeys.join(", ")}: allowed without them, not denied for them`,
    );
  const check = simulated.permissionCheck({
    permissions,
    region,
    onDecided(decided) {
      const { action, resource, decision } = decided;
      if (simulated.isRefusal(decision)) report(simulated.denialLine(decided));
      if (decision.kind === "unknown") report(`${action} on ${resource} is not checked: ${decision.reason}`);
      onDecided(decided);
    },
  });
  calls.add(check.ofCalls);
  return {
    model: await permittedModel({ ...model, permissions }, check, region),
    isKeyPermitted: check.isKeyPermitted,
  };
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error &&
  "code" in error &&
  error.code === "ERR_MODULE_NOT_FOUND" &&
  error.message.includes(SIMULATOR);
