"""Simulation alone: the control step with a fixed request of its own for each lane.

python bench/peers/simulate.py --arrays numpy --envs 4096 --json
"""

import random

import numpy as np

import peer
from arrays import JaxArrays, NumpyArrays
from lanes import control, control_values, start_lane, start_lanes
from numpy_worlds import NumpyWorlds


class NumpySimulation:
    device = "cpu: one thread"

    def __init__(self, economy, options):
        self.worlds = NumpyWorlds(economy, options.envs, options.seed)
        self.steps, self.env_steps = options.steps, options.envs * options.steps
        self.versions = {"numpy": np.__version__}
        shape = options.envs, len(economy.ACTIONS)
        self.actions = np.random.default_rng(options.seed).uniform(-1, 1, shape).astype(np.float32)

    def iterate(self):
        for _ in range(self.steps):
            self.worlds.step(self.actions)

    def mean_reward(self):
        return float(self.worlds.lanes["lane.reward"].mean())


class JaxSimulation:
    def __init__(self, economy, options):
        import jax

        self.jax = jax
        self.device = f"{jax.devices()[0].platform}: {jax.devices()[0].device_kind}"
        self.versions = {"jax": jax.__version__, "numpy": np.__version__}
        self.env_steps = options.envs * options.steps
        step = economy.make_step(JaxArrays())
        shared = control(economy, JaxArrays(), 0, options.envs, options.seed)

        def advance(carry, _):
            lanes, clock = carry
            rings = {name: clock % length for name, length in economy.RINGS.items()}
            return (step({**shared, **rings}, lanes), clock + 1), None

        self.run = jax.jit(
            lambda carry: jax.lax.scan(advance, carry, None, options.steps)[0], donate_argnums=0
        )
        lanes = start_lanes(economy, NumpyArrays(), options.envs, options.seed)
        generator = np.random.default_rng(options.seed)
        for name, (low, high, _) in economy.ACTIONS.items():
            lanes[name] = generator.uniform(low, high, options.envs).astype(np.float32)
        self.carry = {name: jax.numpy.array(value) for name, value in lanes.items()}, jax.numpy.int32(0)

    def iterate(self):
        self.carry = self.jax.block_until_ready(self.run(self.carry))

    def mean_reward(self):
        return float(self.carry[0]["lane.reward"].mean())


class PythonSimulation:
    """One lane of plain Python numbers."""

    device = "cpu: one thread"
    versions = {}

    def __init__(self, economy, options):
        self.economy, self.seed, self.env_steps = economy, options.seed, options.steps
        self.lane = start_lane(economy, 0, options.seed)
        generator = random.Random(options.seed)
        for name, (low, high, _) in economy.ACTIONS.items():
            self.lane[name] = generator.uniform(low, high)
        self.clock = 0

    def iterate(self):
        for _ in range(self.env_steps):
            self.lane = self.economy.step_scalar(
                control_values(self.economy, self.clock, 1, self.seed), self.lane
            )
            self.clock += 1

    def mean_reward(self):
        return self.lane["lane.reward"]


SIMULATIONS = {
    "numpy": ("NumPy simulation", NumpySimulation),
    "jax": ("JAX simulation", JaxSimulation),
    "python": ("Python simulation", PythonSimulation),
}


def main():
    parser = peer.parse_options(__doc__.splitlines()[0], training=False)
    parser.add_argument("--arrays", choices=tuple(SIMULATIONS), default="numpy")
    options, economy = peer.read_options(parser)
    name, simulation = SIMULATIONS[options.arrays]
    peer.run_peer(name, simulation(economy, options), options)


if __name__ == "__main__":
    main()
