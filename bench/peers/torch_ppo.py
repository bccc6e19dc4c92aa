"""PPO in eager PyTorch, one plain loop after the manner of CleanRL; on a GPU where PyTorch sees one.

    python bench/peers/torch_ppo.py --envs 4096 --steps 16 --epochs 4 --minibatches 4 --hidden 64,64 --json

The economy runs on NumPy beside a CPU and in eager PyTorch on a GPU; --economy picks. Less work than
flyball's own learner: the critic sees the observation only, and the last value of a truncated episode is
not estimated.
"""

import numpy as np
import torch
from torch import nn

import peer
from arrays import TorchArrays
from lanes import control, start_lanes
from numpy_worlds import NumpyWorlds

GAMMA, LAMBDA, CLIP, VALUE_WEIGHT, MAX_NORM = 0.995, 0.95, 0.2, 0.5, 0.5


class TorchWorlds(NumpyWorlds):
    """The same lanes in PyTorch."""

    def __init__(self, economy, envs, seed, device):
        self.economy, self.envs, self.seed = economy, envs, seed
        self.xp = TorchArrays(device)
        self.advance = economy.make_step(self.xp)
        bands = torch.tensor(list(economy.ACTIONS.values()), device=device)
        self.low, self.half = bands[:, 0], 0.5 * (bands[:, 1] - bands[:, 0])
        self.clock = 0
        self.lanes = start_lanes(economy, self.xp, envs, seed)
        # Made once: a number that moves to the GPU in every step would cost more than the step.
        self.shared = control(economy, self.xp, 0, envs, seed)

    def step(self, actions):
        requested = self.low + self.half * (1 + actions.clamp(-1, 1))
        for i, name in enumerate(self.economy.ACTIONS):
            self.lanes[name] = requested[:, i]
        rings = {name: self.clock % length for name, length in self.economy.RINGS.items()}
        self.lanes = self.advance({**self.shared, **rings}, self.lanes)
        self.clock += 1
        return self.lanes["lane.reward"], self.lanes["lane.terminated"], self.lanes["lane.truncated"]

    def observation(self):
        return torch.stack([self.lanes[name] for name in self.economy.OBSERVATIONS], dim=1)


class Moments:
    """Running mean and variance, by axis 0."""

    def __init__(self, shape, device):
        self.count, self.mean, self.variance = (
            1e-4,
            torch.zeros(shape, device=device),
            torch.ones(shape, device=device),
        )

    def merge(self, values):
        added = values.shape[0]
        total = self.count + added
        difference = values.mean(0) - self.mean
        merged = self.variance * self.count + values.var(0, correction=0) * added
        self.variance = (merged + difference**2 * self.count * added / total) / total
        self.mean = self.mean + difference * added / total
        self.count = total


def network(sizes, last_scale):
    layers = []
    for i, (rows, columns) in enumerate(zip(sizes, sizes[1:])):
        layer = nn.Linear(rows, columns)
        is_last = i == len(sizes) - 2
        nn.init.orthogonal_(layer.weight, last_scale if is_last else 2**0.5)
        nn.init.zeros_(layer.bias)
        layers += [layer] if is_last else [layer, nn.Tanh()]
    return nn.Sequential(*layers)


class Agent(nn.Module):
    def __init__(self, inputs, outputs, hidden):
        super().__init__()
        self.actor = network((inputs, *hidden, outputs), 0.01)
        self.critic = network((inputs, *hidden, 1), 1.0)
        self.log_std = nn.Parameter(torch.full((outputs,), -0.5))

    def log_density(self, mean, action):
        z = (action - mean) * torch.exp(-self.log_std)
        return (-0.5 * z * z - self.log_std - 0.5 * np.log(2 * np.pi)).sum(1)


class Trainer:
    def __init__(self, economy, options):
        if options.threads:
            torch.set_num_threads(options.threads)
        torch.manual_seed(options.seed)
        self.options = options
        self.target = "cuda" if torch.cuda.is_available() else "cpu"
        self.on = options.economy or ("torch" if self.target == "cuda" else "numpy")
        name = (
            torch.cuda.get_device_name()
            if self.target == "cuda"
            else f"{peer.count_threads(torch.get_num_threads())}"
        )
        self.device = f"{self.target}: {name}, economy on {self.on}"
        self.versions = {"torch": torch.__version__, "numpy": np.__version__}
        self.env_steps = options.envs * options.steps
        if self.on == "torch":
            self.worlds = TorchWorlds(economy, options.envs, options.seed, self.target)
        else:
            self.worlds = NumpyWorlds(economy, options.envs, options.seed)
        self.agent = Agent(len(economy.OBSERVATIONS), len(economy.ACTIONS), options.hidden).to(self.target)
        with torch.no_grad():
            low, high, start = torch.tensor(list(economy.ACTIONS.values())).T
            self.agent.actor[-1].bias.copy_(2 * (start - low) / (high - low) - 1)
        self.optimizer = torch.optim.Adam(self.agent.parameters(), lr=options.learning_rate, eps=1e-5)
        self.observed = Moments(len(economy.OBSERVATIONS), self.target)
        self.gained = Moments((), self.target)
        self.gain = torch.zeros(options.envs, device=self.target)
        self.reward = 0.0

    def tensor(self, values):
        return torch.as_tensor(values, device=self.target)

    def normalised(self):
        raw = self.tensor(self.worlds.observation())
        return raw, ((raw - self.observed.mean) / torch.sqrt(self.observed.variance + 1e-8)).clamp(-10, 10)

    @torch.no_grad()
    def collect(self):
        rows = []
        for _ in range(self.options.steps):
            raw, observation = self.normalised()
            mean, value = self.agent.actor(observation), self.agent.critic(observation)[:, 0]
            action = mean + torch.exp(self.agent.log_std) * torch.randn_like(mean)
            outcome = self.worlds.step(action if self.on == "torch" else action.cpu().numpy())
            reward, terminated, truncated = (self.tensor(values) for values in outcome)
            going_on = 1 - terminated - truncated
            gain = self.gain * GAMMA + reward
            self.gain = gain * going_on
            log_prob = self.agent.log_density(mean, action)
            rows.append((raw, observation, action, log_prob, value, reward, gain, going_on))
        last = self.agent.critic(self.normalised()[1])[:, 0]
        return [torch.stack(column) for column in zip(*rows)], last

    @torch.no_grad()
    def advantages(self, reward, value, going_on, last):
        advantage, next_value, rows = torch.zeros_like(last), last, []
        for step in reversed(range(self.options.steps)):
            delta = reward[step] + GAMMA * next_value * going_on[step] - value[step]
            advantage = delta + GAMMA * LAMBDA * going_on[step] * advantage
            next_value = value[step]
            rows.append(advantage)
        return torch.stack(rows[::-1])

    def iterate(self):
        (raw, observation, action, log_prob, value, reward, gain, going_on), last = self.collect()
        scaled = (reward / torch.sqrt(self.gained.variance + 1e-8)).clamp(-10, 10)
        advantage = self.advantages(scaled, value, going_on, last)
        batch = [part.flatten(0, 1) for part in (observation, action, log_prob, advantage, advantage + value)]
        size = self.env_steps // self.options.minibatches
        for _ in range(self.options.epochs):
            order = torch.randperm(self.env_steps, device=self.target)
            for first in range(0, self.env_steps, size):
                rows = order[first : first + size]
                self.learn(*(part[rows] for part in batch))
        self.observed.merge(raw.flatten(0, 1))
        self.gained.merge(gain.flatten())
        self.reward = float(reward.mean())

    def learn(self, observation, action, old_log_prob, advantage, target):
        advantage = (advantage - advantage.mean()) / (advantage.std() + 1e-8)
        log_prob = self.agent.log_density(self.agent.actor(observation), action)
        ratio = torch.exp(log_prob - old_log_prob)
        policy_loss = -torch.minimum(ratio * advantage, ratio.clamp(1 - CLIP, 1 + CLIP) * advantage).mean()
        error = self.agent.critic(observation)[:, 0] - target
        loss = policy_loss + VALUE_WEIGHT * 0.5 * error.square().mean()
        self.optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.agent.parameters(), MAX_NORM)
        self.optimizer.step()

    def mean_reward(self):
        return self.reward


def main():
    parser = peer.parse_options(__doc__.splitlines()[0])
    parser.add_argument("--threads", type=peer.positive, help="of PyTorch; as many as cores by default")
    parser.add_argument("--economy", choices=("numpy", "torch"), help="what the economy runs on")
    options, economy = peer.read_options(parser)
    peer.run_peer("PyTorch PPO", Trainer(economy, options), options)


if __name__ == "__main__":
    main()
