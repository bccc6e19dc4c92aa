/** A world of the digest: the arguments that name it on the command line. */
interface DigestWorld {
  readonly name: string;
  readonly args: readonly string[];
  /** Rules that are compared with the trained controller. */
  readonly rules: readonly string[];
}

/** Every economy, and two of them under a listed company. */
export const WORLDS: readonly DigestWorld[] = [
  { name: "akash", args: ["--economy", "akash"], rules: ["akash-bme", "affine:tuned"] },
  { name: "bittensor", args: ["--economy", "bittensor"], rules: ["tao-protocol", "subnet-quality"] },
  { name: "render", args: ["--economy", "render"], rules: ["render-rnp-020", "pid"] },
  { name: "worldcoin", args: ["--economy", "worldcoin"], rules: ["wld-table", "wld-treasury"] },
  { name: "akash+traditional", args: ["--economy", "akash", "--listed", "traditional"], rules: ["cosmos-mint", "affine"] },
  { name: "render+spac", args: ["--economy", "render", "--listed", "spac"], rules: ["render-schedule", "pid"] },
];

/** Tunings: an adaptive rule on the plain economy, a feedback rule on another. */
export const TUNINGS = [
  { economy: "akash", rule: "eip1559-burn", budget: 240_000 },
  { economy: "worldcoin", rule: "wld-treasury", budget: 240_000 },
] as const;

interface Training {
  readonly name: string;
  readonly world: DigestWorld;
  readonly device: string;
  readonly steps: number;
  readonly settings: readonly string[];
}

const SMALL = ["algorithm=ppo", "numEnvs=64", "numSteps=8", "numMinibatches=2", "hidden=[16,16]", "horizon=60"];
/** Both stages of the recipe. */
const RECIPE = [
  "base=akash-bme",
  "hidden=[8]",
  "horizon=30",
  "apg.episodes=16",
  "gradientSteps=2400",
  "es.population=4",
  "es.episodes=8",
];

/** Trainings in small: every world on the CPU's device, one with all phases, one by TensorFlow.js. */
export const TRAININGS: readonly Training[] = [
  ...WORLDS.map((world) => ({ name: world.name, world, device: "wasm", steps: 30_000, settings: SMALL })),
  { name: "akash recipe", world: WORLDS[0]!, device: "wasm", steps: 6_000, settings: RECIPE },
  { name: "akash", world: WORLDS[0]!, device: "tensorflow", steps: 10_000, settings: SMALL },
];
