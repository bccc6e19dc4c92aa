"""PPO of Stable-Baselines3 on a vector environment around the NumPy lanes.

Observations and rewards are scaled by its VecNormalize.

    python bench/peers/sb3_ppo.py --envs 64 --steps 256 --epochs 4 --minibatches 32 --json
"""

import gymnasium
import numpy as np
import stable_baselines3
import torch
from stable_baselines3 import PPO
from stable_baselines3.common.vec_env import VecEnv, VecNormalize

import peer
from numpy_worlds import NumpyWorlds


class Worlds(VecEnv):
    def __init__(self, economy, envs, seed):
        self.worlds = NumpyWorlds(economy, envs, seed)
        inputs = len(economy.OBSERVATIONS)
        observations = gymnasium.spaces.Box(-np.inf, np.inf, (inputs,), np.float32)
        actions = gymnasium.spaces.Box(-1.0, 1.0, (len(economy.ACTIONS),), np.float32)
        self.nothing = {}
        self.sum, self.count = 0.0, 0
        super().__init__(envs, observations, actions)

    def reset(self):
        return self.worlds.observation()

    def step_async(self, actions):
        self.actions = actions

    def step_wait(self):
        rewards, terminated, truncated = self.worlds.step(self.actions)
        ended = (terminated + truncated) > 0.5
        infos = [self.nothing] * self.num_envs
        for lane in np.flatnonzero(ended):
            last = self.worlds.final_observation(lane)
            infos[lane] = {"terminal_observation": last, "TimeLimit.truncated": bool(truncated[lane] > 0.5)}
        self.sum, self.count = self.sum + float(rewards.mean()), self.count + 1
        return self.worlds.observation(), rewards, ended, infos

    def close(self):
        pass

    def get_attr(self, attr_name, indices=None):
        return [getattr(self, attr_name, None)] * self.num_envs

    def set_attr(self, attr_name, value, indices=None):
        raise NotImplementedError

    def env_method(self, method_name, *method_args, indices=None, **method_kwargs):
        raise NotImplementedError

    def env_is_wrapped(self, wrapper_class, indices=None):
        return [False] * self.num_envs


class Trainer:
    def __init__(self, economy, options):
        if options.threads:
            torch.set_num_threads(options.threads)
        self.env_steps = options.envs * options.steps
        self.device = f"cpu: {peer.count_threads(torch.get_num_threads())}"
        self.versions = {
            "stable-baselines3": stable_baselines3.__version__,
            "torch": torch.__version__,
            "numpy": np.__version__,
        }
        self.worlds = Worlds(economy, options.envs, options.seed)
        layers = list(options.hidden)
        self.model = PPO(
            "MlpPolicy",
            VecNormalize(self.worlds, gamma=0.995),
            learning_rate=options.learning_rate,
            n_steps=options.steps,
            batch_size=self.env_steps // options.minibatches,
            n_epochs=options.epochs,
            gamma=0.995,
            gae_lambda=0.95,
            policy_kwargs={
                "net_arch": {"pi": layers, "vf": layers},
                "log_std_init": -0.5,
                "activation_fn": torch.nn.Tanh,
            },
            device="cpu",
            seed=options.seed,
        )
        self.started = False

    def iterate(self):
        self.worlds.sum, self.worlds.count = 0.0, 0
        self.model.learn(self.env_steps, log_interval=None, reset_num_timesteps=not self.started)
        self.started = True

    def mean_reward(self):
        return self.worlds.sum / max(1, self.worlds.count)


def main():
    parser = peer.parse_options(__doc__.splitlines()[0])
    parser.add_argument("--threads", type=peer.positive, help="of PyTorch; as many as cores by default")
    options, economy = peer.read_options(parser)
    peer.run_peer("Stable-Baselines3 PPO", Trainer(economy, options), options)


if __name__ == "__main__":
    main()
