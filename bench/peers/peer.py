"""What every peer has in common: options, timing windows, and the JSON that it prints.

Alone a peer measures a few windows and prints one document or line. With --serve it prints a line of JSON
when it is warm, then measures one window for each line on stdin that holds a number of seconds, so that
several contestants can take turns.
"""

import argparse
import json
import pathlib
import statistics
import sys
import time

from lanes import load_economy

MODULE = pathlib.Path(__file__).with_name("economy_step.py")


def parse_options(description, training=True):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument(
        "--module", default=str(MODULE), help="generated economy: node dist/bench/peers/generate.js FILE"
    )
    parser.add_argument("--envs", type=positive, default=4096, help="lanes, each a world of its own")
    parser.add_argument("--steps", type=positive, default=16, help="steps of each lane in a rollout")
    if training:
        parser.add_argument("--epochs", type=positive, default=4)
        parser.add_argument("--minibatches", type=positive, default=4)
        parser.add_argument("--hidden", type=widths, default=(64, 64), help="for example 64,64")
        parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=3.0, help="of one window")
    parser.add_argument("--windows", type=positive, default=3)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--serve", action="store_true")
    return parser


def positive(text):
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number from 1 on")
    return value


def widths(text):
    return tuple(positive(part) for part in text.split(","))


def count_threads(count):
    return "one thread" if count == 1 else f"{count} threads"


def read_options(parser):
    options = parser.parse_args()
    if not pathlib.Path(options.module).exists():
        parser.error(
            f"there is no {options.module}; write it with node dist/bench/peers/generate.js {options.module}"
        )
    batch = options.envs * options.steps
    if hasattr(options, "minibatches") and batch % options.minibatches != 0:
        parser.error(f"{options.minibatches} minibatches do not divide {batch} samples")
    return options, load_economy(options.module)


def measure_window(peer, seconds):
    """`peer.iterate()` advances all its lanes by `peer.env_steps` steps in all and waits for the result."""
    started, steps = time.perf_counter(), 0
    while True:
        peer.iterate()
        steps += peer.env_steps
        elapsed = time.perf_counter() - started
        if elapsed >= seconds:
            return {"envSteps": steps, "seconds": elapsed}


def describe(name, peer, options, warm_up):
    sizes = {
        key: getattr(options, key)
        for key in ("envs", "steps", "epochs", "minibatches", "hidden")
        if hasattr(options, key)
    }
    return {"peer": name, "device": peer.device, "versions": peer.versions, **sizes, "warmUpSeconds": warm_up}


def run_peer(name, peer, options):
    started = time.perf_counter()
    # The first one compiles; the second one finds all buffers as they will be.
    peer.iterate()
    first = peer.mean_reward()
    peer.iterate()
    about = describe(name, peer, options, time.perf_counter() - started)
    if options.serve:
        print(json.dumps(about), flush=True)
        for line in sys.stdin:
            print(
                json.dumps({**measure_window(peer, float(line)), "meanReward": peer.mean_reward()}),
                flush=True,
            )
        return
    windows = [measure_window(peer, options.seconds) for _ in range(options.windows)]
    speed = statistics.median(window["envSteps"] / window["seconds"] for window in windows)
    last = peer.mean_reward()
    about.update(envStepsPerSecond=speed, windows=windows, meanReward={"first": first, "last": last})
    if options.json:
        print(json.dumps(about))
    else:
        print(f"{name} on {peer.device}: {speed:,.0f} env-steps/s, reward {first:.3f} -> {last:.3f}")
