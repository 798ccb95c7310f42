// One sentence per error code of the server (docs/guide/errors.md); `sentences.test.ts` finds those that are missing.
export const sentences: Record<string, string> = {};
