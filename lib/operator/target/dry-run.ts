/** The fields of a dry run. The API requires a reason for it too, and does not store it. */
export const DRY_RUN = { dryRun: true, why: "a dry run" } as const;
