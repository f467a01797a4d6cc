/** Set by `run.ts`: the deployment to test, as JSON. Not set: an emulator for each file. */
export const DEPLOYMENT_VARIABLE = "E2E_DEPLOYMENT";

/** Set by `run.ts`: how many times longer than on the emulator waiting may take. */
export const SLOWNESS_VARIABLE = "E2E_SLOWNESS";
