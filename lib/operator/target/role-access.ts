import { type OperationId, ROUTES, type Route } from "../../../functions/contract/api.ts";
import { ACCESS_DENIED } from "../../../functions/contract/errors.ts";
import {
  AUDIENCES,
  type Audience,
  leastRole,
  mayCall,
  ROLES,
  type Role,
} from "../../../functions/contract/roles.ts";
import type { ApiTarget } from "./api-client.ts";
import { RequestError } from "./request-error.ts";

/** How a caller of a target gets a role. */
export type GetRole = (role: Role) => string;

/** By the ARNs of the policies of a deployment, as its outputs have them. */
export const rolesByPolicy =
  (policies: Readonly<Partial<Record<Role, string>>> = {}): GetRole =>
  (role) =>
    `attach ${policies[role] ?? `the ${role} policy of the stage`} to your credentials, or use those of another --profile`;

/** On the emulator: it permits everything to a request without a role. */
export const roleByFlag: GetRole = (role) => `repeat it with --role ${role}, or without --role`;

/** Which role a refused request needs, and how to get it; undefined for any other response. */
export function roleAdvice(
  { method, path }: { readonly method: string; readonly path: string },
  answer: { readonly status: number; readonly detail: unknown },
  getRole: GetRole = rolesByPolicy(),
): string | undefined {
  if (answer.status !== 403 || answer.detail !== ACCESS_DENIED) return undefined;
  const route = routeOf(method, path.split("?")[0] ?? "");
  if (route === undefined) return undefined;
  return neededText(leastRole(route.audience), getRole);
}

const neededText = (role: Role, getRole: GetRole) => `It needs the role ${role}: ${getRole(role)}`;

export const isPermitted = (role: string, audience: Audience): boolean =>
  AUDIENCES[audience].some((each) => each === role);

/** Throws RequestError where a role given by `--role` may not do what a route of this audience does. */
export function requireRole(role: string | undefined, audience: Audience): void {
  if (role === undefined || isPermitted(role, audience)) return;
  throw new RequestError(
    `The role ${role} has no permission for this.\n${neededText(leastRole(audience), roleByFlag)}`,
    { status: 403 },
  );
}

/** Routes of a fixed path win over those of a parameter. */
function routeOf(method: string, path: string): Route | undefined {
  const matching = ROUTES.filter(
    (route) =>
      route.method === method && new RegExp(`^${route.path.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(path),
  );
  return matching.find((route) => !route.path.includes("{")) ?? matching[0];
}

export interface Access {
  /** The role with the most permissions; absent for a caller with none of those of operation. */
  readonly role?: Role;
  /** What the caller may call. */
  readonly operations: readonly OperationId[];
}

export const FULL_ACCESS: Access = { operations: ROUTES.map(({ operationId }) => operationId) };

/** Finds out what the caller may do: one request for each role. Without an answer, all: a refusal has a clear text. */
export async function readAccess({ url, fetch: send = fetch }: ApiTarget): Promise<Access> {
  const asked = await Promise.all(
    ROLES.filter((role) => role !== "client").map(async (role) => {
      const status = await send(`${url}/access/${role}`).then(
        async (response) => {
          await response.body?.cancel();
          return response.status;
        },
        (error: unknown) => {
          // Missing credentials: no later request would fare better.
          if (error instanceof RequestError) throw error;
          return 0;
        },
      );
      return status === 403 ? [] : [role];
    }),
  );
  const roles = asked.flat();
  const role = roles.at(-1);
  return {
    ...(role === undefined ? {} : { role }),
    operations: ROUTES.filter(({ audience }) =>
      (roles.length === 0 ? (["client"] as const) : roles).some((each) => mayCall(each, audience)),
    ).map(({ operationId }) => operationId),
  };
}
