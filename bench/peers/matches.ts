/** What is compared: in each match all contestants do the same work at the same sizes. */

export interface TrainingSizes {
  readonly envs: number;
  readonly steps: number;
  readonly epochs: number;
  readonly minibatches: number;
  readonly hidden: readonly number[];
}

export interface PeerCommand {
  readonly name: string;
  /** Which of the environments has what it needs. */
  readonly needs: "jax" | "torch" | "radcad";
  /** Script in bench/peers and its options. */
  readonly args: readonly string[];
}

export type Match =
  | { readonly kind: "training"; readonly title: string; readonly sizes: TrainingSizes; readonly peers: readonly PeerCommand[] }
  | { readonly kind: "simulation"; readonly title: string; readonly lanes: number; readonly peers: readonly PeerCommand[] };

const HIDDEN = [64, 64];

/** @param quick small sizes, for tests */
export function planMatches(quick: boolean): readonly Match[] {
  const lanes = quick ? 256 : 4096;
  return [
    training({ envs: lanes, steps: 16, epochs: 4, minibatches: 4, hidden: HIDDEN }),
    // As Stable-Baselines3 is mostly used: few environments, long rollouts, small minibatches.
    training({ envs: 64, steps: quick ? 64 : 256, epochs: 4, minibatches: quick ? 8 : 32, hidden: HIDDEN }),
    {
      kind: "simulation",
      title: `simulation alone, ${count(lanes)} lanes (Python and radCAD: one)`,
      lanes,
      peers: [
        simulation("NumPy", "jax", ["simulate.py", "--arrays", "numpy", "--envs", String(lanes)]),
        simulation("JAX, jitted", "jax", ["simulate.py", "--arrays", "jax", "--envs", String(lanes)]),
        simulation("plain Python", "jax", ["simulate.py", "--arrays", "python", "--steps", "365"]),
        simulation("radCAD", "radcad", ["radcad_sim.py", "--envs", "1"]),
      ],
    },
  ];
}

function training(sizes: TrainingSizes): Match {
  const { envs, steps, epochs, minibatches, hidden } = sizes;
  const options = Object.entries({ envs, steps, epochs, minibatches }).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const peer = (name: string, needs: PeerCommand["needs"], script: string, ...more: string[]): PeerCommand => ({
    name,
    needs,
    args: [script, ...options, "--hidden", hidden.join(","), ...more],
  });
  // Networks this small are often faster on one thread, above all while others use the machine.
  const one = ["--threads", "1"];
  return {
    kind: "training",
    title: `PPO, ${count(envs)} environments x ${steps} steps, ${epochs} epochs of ${count((envs * steps) / minibatches)} samples a minibatch, nets ${hidden.join(" x ")}`,
    sizes,
    peers: [
      peer("JAX, one jitted loop", "jax", "jax_ppo.py"),
      peer("PyTorch, eager", "torch", "torch_ppo.py"),
      peer("PyTorch, eager, one thread", "torch", "torch_ppo.py", ...one),
      peer("Stable-Baselines3", "torch", "sb3_ppo.py"),
      peer("Stable-Baselines3, one thread", "torch", "sb3_ppo.py", ...one),
    ],
  };
}

function simulation(name: string, needs: PeerCommand["needs"], args: readonly string[]): PeerCommand {
  return { name, needs, args };
}

const count = (value: number) => value.toLocaleString("en-US");
