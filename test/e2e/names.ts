/** Set by `run.ts`: the tested deployment as JSON. Not set: an emulator for each file. */
export const DEPLOYMENT_VARIABLE = "E2E_DEPLOYMENT";

/** Set by `run.ts`: the factor of time-outs, compared with the emulator. */
export const SLOWNESS_VARIABLE = "E2E_SLOWNESS";
