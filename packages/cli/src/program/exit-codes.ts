/** What the exit status of the command means (design.md section 10). */
export const ExitCode = { ok: 0, failed: 1, denied: 2, invalidConfiguration: 3, cannotTell: 4 } as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
