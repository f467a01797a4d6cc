/** Problem code of an emulator that is still starting; clients retry. */
export const STARTING = "EMULATOR_STARTING";
