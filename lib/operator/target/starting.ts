/** Code of the answers that a stage gives before there is anything to serve; who asks it waits for others. */
export const STARTING = "EMULATOR_STARTING";
