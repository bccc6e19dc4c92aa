"""PPO in JAX, after the manner of PureJaxRL: an iteration is one jitted function.

    python bench/peers/jax_ppo.py --envs 4096 --steps 16 --epochs 4 --minibatches 4 --hidden 64,64 --json

Runs on whatever device JAX takes for its default. Less work than flyball's own learner: the critic sees
the observation only, and the last value of a truncated episode is not estimated.
"""

import functools

import jax
import jax.numpy as jnp
import numpy as np

import peer
from arrays import JaxArrays, NumpyArrays
from lanes import control, start_lanes

GAMMA, LAMBDA, CLIP, VALUE_WEIGHT, MAX_NORM = 0.995, 0.95, 0.2, 0.5, 0.5
HALF_LOG_TWO_PI = 0.5 * np.log(2 * np.pi)


def init_network(key, sizes, last_scale):
    layers = []
    for i, (rows, columns) in enumerate(zip(sizes, sizes[1:])):
        key, part = jax.random.split(key)
        scale = last_scale if i == len(sizes) - 2 else 2**0.5
        weights = jax.nn.initializers.orthogonal(scale)(part, (rows, columns), jnp.float32)
        layers.append((weights, jnp.zeros(columns)))
    return layers


def forward(layers, x):
    for weights, bias in layers[:-1]:
        x = jnp.tanh(x @ weights + bias)
    weights, bias = layers[-1]
    return x @ weights + bias


def log_density(params, mean, action):
    log_std = params["log_std"]
    z = (action - mean) * jnp.exp(-log_std)
    return jnp.sum(-0.5 * z * z - log_std - HALF_LOG_TWO_PI, axis=-1)


def merge_moments(moments, values):
    """Running count, mean and variance, by axis 0 of `values`."""
    count, mean, variance = moments
    added = values.shape[0]
    total = count + added
    difference = values.mean(0) - mean
    merged = variance * count + values.var(0) * added + difference**2 * count * added / total
    return total, mean + difference * added / total, merged / total


def loss(params, batch):
    observation, action, old_log_prob, advantage, target = batch
    advantage = (advantage - advantage.mean()) / (advantage.std() + 1e-8)
    log_prob = log_density(params, forward(params["actor"], observation), action)
    ratio = jnp.exp(log_prob - old_log_prob)
    clipped = jnp.clip(ratio, 1 - CLIP, 1 + CLIP)
    policy_loss = -jnp.minimum(ratio * advantage, clipped * advantage).mean()
    value = forward(params["critic"], observation)[:, 0]
    return policy_loss + VALUE_WEIGHT * 0.5 * jnp.square(value - target).mean()


def adam(params, optimizer, gradient, learning_rate):
    """With the gradient scaled down to a norm of at most MAX_NORM."""
    norm = jnp.sqrt(sum(jnp.sum(jnp.square(leaf)) for leaf in jax.tree.leaves(gradient)))
    gradient = jax.tree.map(lambda leaf: leaf * jnp.minimum(1.0, MAX_NORM / (norm + 1e-6)), gradient)
    count = optimizer["count"] + 1
    first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, optimizer["first"], gradient)
    second = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, optimizer["second"], gradient)
    rate = learning_rate * jnp.sqrt(1 - 0.999**count) / (1 - 0.9**count)
    params = jax.tree.map(lambda p, m, v: p - rate * m / (jnp.sqrt(v) + 1e-5), params, first, second)
    return params, {"first": first, "second": second, "count": count}


class Trainer:
    def __init__(self, economy, options):
        self.economy, self.options = economy, options
        self.xp = JaxArrays()
        self.step = economy.make_step(self.xp)
        self.env_steps = options.envs * options.steps
        self.device = f"{jax.devices()[0].platform}: {jax.devices()[0].device_kind}"
        self.versions = {"jax": jax.__version__, "numpy": np.__version__}
        bands = np.array(list(economy.ACTIONS.values()), np.float32)
        self.low, self.half = bands[:, 0], 0.5 * (bands[:, 1] - bands[:, 0])
        self.start = 2 * (bands[:, 2] - bands[:, 0]) / (bands[:, 1] - bands[:, 0]) - 1
        self.shared = control(economy, self.xp, 0, options.envs, options.seed)
        self.run = jax.jit(self.update, donate_argnums=0)
        self.state = self.initial()
        self.reward = 0.0

    def initial(self):
        envs, inputs, outputs = self.options.envs, len(self.economy.OBSERVATIONS), len(self.low)
        lanes = start_lanes(self.economy, NumpyArrays(), envs, self.options.seed)
        actor_key, critic_key, key = jax.random.split(jax.random.key(self.options.seed), 3)
        actor = init_network(actor_key, (inputs, *self.options.hidden, outputs), 0.01)
        actor[-1] = (actor[-1][0], jnp.asarray(self.start))
        params = {
            "actor": actor,
            "critic": init_network(critic_key, (inputs, *self.options.hidden, 1), 1.0),
            "log_std": jnp.full(outputs, -0.5),
        }
        zeros = jax.tree.map(jnp.zeros_like, params)
        return {
            "lanes": {name: jnp.array(value) for name, value in lanes.items()},
            "params": params,
            "optimizer": {"first": zeros, "second": jax.tree.map(jnp.copy, zeros), "count": jnp.int32(0)},
            "observed": (jnp.float32(1e-4), jnp.zeros(inputs), jnp.ones(inputs)),
            "gained": (jnp.float32(1e-4), jnp.float32(0), jnp.float32(1)),
            "gain": jnp.zeros(envs),
            "clock": jnp.int32(0),
            "key": key,
        }

    def observe(self, lanes, moments):
        raw = jnp.stack([lanes[name] for name in self.economy.OBSERVATIONS], axis=1)
        _, mean, variance = moments
        return raw, jnp.clip((raw - mean) * jax.lax.rsqrt(variance + 1e-8), -10, 10)

    def act(self, params, observed, carry, _):
        """One step of all lanes."""
        lanes, gain, clock, key = carry
        key, noise_key = jax.random.split(key)
        raw, observation = self.observe(lanes, observed)
        mean = forward(params["actor"], observation)
        value = forward(params["critic"], observation)[:, 0]
        action = mean + jnp.exp(params["log_std"]) * jax.random.normal(noise_key, mean.shape)
        requested = self.low + self.half * (1 + jnp.clip(action, -1, 1))
        lanes = {**lanes, **{name: requested[:, i] for i, name in enumerate(self.economy.ACTIONS)}}
        rings = {name: clock % length for name, length in self.economy.RINGS.items()}
        lanes = self.step({**self.shared, **rings}, lanes)
        reward, going_on = lanes["lane.reward"], 1 - lanes["lane.ended"]
        gain = gain * GAMMA + reward
        row = raw, observation, action, log_density(params, mean, action), value, reward, gain, going_on
        return (lanes, gain * going_on, clock + 1, key), row

    def update(self, state):
        params, observed, gained = state["params"], state["observed"], state["gained"]
        carry = state["lanes"], state["gain"], state["clock"], state["key"]
        carry, rows = jax.lax.scan(
            functools.partial(self.act, params, observed), carry, None, self.options.steps
        )
        lanes, gain, clock, key = carry
        raw, observation, action, log_prob, value, reward, gains, going_on = rows
        scaled = jnp.clip(reward * jax.lax.rsqrt(gained[2] + 1e-8), -10, 10)
        last = forward(params["critic"], self.observe(lanes, observed)[1])[:, 0]
        advantage = self.advantages(scaled, value, going_on, last)
        flat = jax.tree.map(
            lambda leaf: leaf.reshape(self.env_steps, *leaf.shape[2:]),
            (observation, action, log_prob, advantage, advantage + value),
        )
        learner = params, state["optimizer"], key
        (params, optimizer, key), _ = jax.lax.scan(
            functools.partial(self.epoch, flat), learner, None, self.options.epochs
        )
        new = {
            "lanes": lanes,
            "params": params,
            "optimizer": optimizer,
            "observed": merge_moments(observed, raw.reshape(self.env_steps, -1)),
            "gained": merge_moments(gained, gains.reshape(-1)),
            "gain": gain,
            "clock": clock,
            "key": key,
        }
        return new, reward.mean()

    def advantages(self, reward, value, going_on, last):
        def back(carry, row):
            advantage, next_value = carry
            reward, value, going_on = row
            delta = reward + GAMMA * next_value * going_on - value
            advantage = delta + GAMMA * LAMBDA * going_on * advantage
            return (advantage, value), advantage

        return jax.lax.scan(back, (jnp.zeros_like(last), last), (reward, value, going_on), reverse=True)[1]

    def epoch(self, flat, learner, _):
        params, optimizer, key = learner
        key, part = jax.random.split(key)
        order = jax.random.permutation(part, self.env_steps).reshape(self.options.minibatches, -1)

        def minibatch(carry, rows):
            gradient = jax.grad(loss)(carry[0], jax.tree.map(lambda leaf: leaf[rows], flat))
            return adam(*carry, gradient, self.options.learning_rate), None

        (params, optimizer), _ = jax.lax.scan(minibatch, (params, optimizer), order)
        return (params, optimizer, key), None

    def iterate(self):
        self.state, self.reward = self.run(self.state)
        jax.block_until_ready(self.state)

    def mean_reward(self):
        return float(self.reward)


def main():
    options, economy = peer.read_options(peer.parse_options(__doc__.splitlines()[0]))
    peer.run_peer("JAX PPO", Trainer(economy, options), options)


if __name__ == "__main__":
    main()
