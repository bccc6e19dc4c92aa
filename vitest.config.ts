import { defineConfig } from "vitest/config";

/** Plain functions on plain data: no mocks, no processes, no devices, nothing set for a whole process. */
const PURE = ["agents/learned", "agents/rules", "compiler", "core", "env", "eval"].map((folder) => `${folder}/**/*.test.ts`);
/** Long computations in plain functions: V8 compiles these for the objects of one file, and twice as slow for those of many. */
const LONG = ["env/market/calibration/**/*.test.ts", "**/exact-ledger.test.ts"];
const NONE = ["node_modules", "dist"];

export default defineConfig({
  test: {
    setupFiles: ["test/setup.ts"],
    // Against hanging only: no test passes or fails by how fast the machine is.
    testTimeout: 900_000,
    hookTimeout: 900_000,
    pool: "forks",
    maxWorkers: 2,
    projects: [
      // Files share processes and the modules that are loaded there: a process of its own costs as much as most of them.
      { extends: true, test: { name: "pure", include: PURE, exclude: [...NONE, ...LONG], isolate: false } },
      { extends: true, test: { name: "long", include: LONG } },
      { extends: true, test: { name: "other", include: ["**/*.test.ts"], exclude: [...NONE, ...PURE, ...LONG] } },
    ],
  },
});
