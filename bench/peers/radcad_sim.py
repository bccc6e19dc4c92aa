"""Simulation alone in radCAD: one state update block around the scalar step, --envs runs of one episode.

    python bench/peers/radcad_sim.py --envs 8 --json

As kind to radCAD as its interface allows: no deep copies, no substeps kept, one state variable for the
whole lane.
"""

import importlib.metadata
import random

from radcad import Engine, Model, Simulation
from radcad.backends import Backend

import peer
from lanes import control_values, start_lane


class RadcadSimulation:
    def __init__(self, economy, options):
        self.env_steps = options.envs * economy.HORIZON
        self.device = f"cpu: {options.processes} process{'es' if options.processes > 1 else ''}"
        self.versions = {"radcad": importlib.metadata.version("radcad")}
        lane = start_lane(economy, 0, options.seed)
        generator = random.Random(options.seed)
        for name, (low, high, _) in economy.ACTIONS.items():
            lane[name] = generator.uniform(low, high)
        self.reward = 0.0

        def advance(params, substep, history, state):
            control = control_values(economy, state["timestep"], 1, options.seed)
            return {"lane": economy.step_scalar(control, state["lane"])}

        def keep(params, substep, history, state, signals):
            return "lane", signals["lane"]

        blocks = [{"policies": {"advance": advance}, "variables": {"lane": keep}}]
        model = Model(initial_state={"lane": lane}, state_update_blocks=blocks, params={})
        self.simulation = Simulation(model=model, timesteps=economy.HORIZON, runs=options.envs)
        backend = Backend.PATHOS if options.processes > 1 else Backend.SINGLE_PROCESS
        self.simulation.engine = Engine(
            backend=backend, processes=options.processes, deepcopy=False, drop_substeps=True
        )

    def iterate(self):
        results = self.simulation.run()
        self.reward = results[-1]["lane"]["lane.reward"]

    def mean_reward(self):
        return self.reward


def main():
    parser = peer.parse_options(__doc__.splitlines()[0], training=False)
    # More processes are slower: every one starts anew and hands back the history of all its runs.
    parser.add_argument("--processes", type=peer.positive, default=1)
    options, economy = peer.read_options(parser)
    peer.run_peer("radCAD simulation", RadcadSimulation(economy, options), options)


if __name__ == "__main__":
    main()
