import type { Grant } from "../../lib/emulator/permissions/unneeded-grants.ts";

/** Grants that no call of the suite needs, and why they stay. */
export interface KeptGrant {
  /** The principals of the grants; all where absent. */
  readonly principal?: RegExp;
  readonly action: RegExp;
  readonly resource?: RegExp;
  readonly reason: string;
}

export const KEPT_GRANTS: readonly KeptGrant[] = [];

export const isKept = ({ principal = /./, action, resource = /./ }: KeptGrant, grant: Grant): boolean =>
  principal.test(grant.principal) && action.test(grant.action) && resource.test(grant.resource);
