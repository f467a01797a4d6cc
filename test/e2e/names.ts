/** Set by `run.ts`: the deployment to test, as JSON. Not set: a stage for each file. */
export const DEPLOYMENT_VARIABLE = "E2E_DEPLOYMENT";

/** Set by `run.ts`: how many times longer than on the stage waiting may take. */
export const SLOWNESS_VARIABLE = "E2E_SLOWNESS";
