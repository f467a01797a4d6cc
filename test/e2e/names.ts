/** Set by `run.ts`: the tested deployment as JSON. Not set: an emulator for each file. */
export const DEPLOYMENT_VARIABLE = "E2E_DEPLOYMENT";

/** Set by `run.ts`: the factor of time-outs, compared with the emulator. */
export const SLOWNESS_VARIABLE = "E2E_SLOWNESS";

/** Set by `run.ts`: the file that the emulators of the suite add their decisions about permissions to. */
export const DECISIONS_VARIABLE = "E2E_DECISIONS";

/** Where `run.ts` keeps these decisions. */
export const DECISIONS_FILE = "reports/e2e-decisions.jsonl";
