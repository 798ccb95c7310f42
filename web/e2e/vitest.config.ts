import { defineConfig } from "vitest/config";

// One browser and one server per file; files one after another, since two cores carry no more.
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ["**/*.e2e.ts"],
    // The longest of them take half a minute on an idle machine; one that hangs is stopped at its step.
    testTimeout: 240_000,
    hookTimeout: 300_000,
    fileParallelism: false,
    // A browser on a busy machine may be late once; a fault is there every time.
    retry: 2,
  },
});
