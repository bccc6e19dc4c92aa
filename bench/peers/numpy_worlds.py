"""Lanes of the economy stepped by NumPy, as a vector environment needs them."""

import numpy as np

from arrays import NumpyArrays
from lanes import control, start_lanes


class NumpyWorlds:
    """Actions are in -1..1, observations one row per lane."""

    def __init__(self, economy, envs, seed=1):
        self.economy, self.envs, self.seed = economy, envs, seed
        self.xp = NumpyArrays()
        self.advance = economy.make_step(self.xp)
        bands = np.array(list(economy.ACTIONS.values()), np.float32)
        self.low, self.half = bands[:, 0], 0.5 * (bands[:, 1] - bands[:, 0])
        self.clock = 0
        with np.errstate(all="ignore"):
            self.lanes = start_lanes(economy, self.xp, envs, seed)

    def step(self, actions):
        requested = self.low + self.half * (1 + np.clip(actions, -1, 1))
        for i, name in enumerate(self.economy.ACTIONS):
            self.lanes[name] = np.ascontiguousarray(requested[:, i])
        # Words wrap.
        with np.errstate(all="ignore"):
            self.lanes = self.advance(
                control(self.economy, self.xp, self.clock, self.envs, self.seed), self.lanes
            )
        self.clock += 1
        return self.lanes["lane.reward"], self.lanes["lane.terminated"], self.lanes["lane.truncated"]

    def observation(self):
        return np.stack([self.lanes[name] for name in self.economy.OBSERVATIONS], axis=1)

    def final_observation(self, lane):
        return np.array([self.lanes[name][lane] for name in self.economy.FINAL_OBSERVATIONS])
