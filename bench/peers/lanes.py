"""Lanes of the generated economy on any array module: start, clock and control values."""

import importlib.util
import pathlib
import sys


def load_economy(path):
    """The generated module at `path`."""
    folder = str(pathlib.Path(__file__).parent)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    spec = importlib.util.spec_from_file_location("economy_step", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def control_values(economy, clock, lanes, seed=1):
    """Values that all lanes share in step `clock`, as Python numbers: those of training."""
    values = dict(economy.STREAMS, seed=seed, noiseDay=clock, numLanes=lanes)
    values.update(randomise=1.0, autoreset=1.0, horizon=float(economy.HORIZON))
    values.update({name: clock % length for name, length in economy.RINGS.items()})
    return values


def control(economy, xp, clock, lanes, seed=1):
    """The same as numbers of the array module; ring positions stay Python integers."""
    kinds = economy.CONTROL
    values = control_values(economy, clock, lanes, seed).items()
    return {name: value if kinds[name] == "i" else xp.number(value, kinds[name]) for name, value in values}


def start_lanes(economy, xp, lanes, seed=1):
    """Lanes at the start of their first episodes, their clocks spread over the horizon."""
    memory = {}
    for name, (kind, length) in economy.FIELDS.items():
        memory[name] = xp.zeros((length, lanes) if length else (lanes,), kind)
    for name, value in economy.PARAMS.items():
        memory[name] = xp.zeros((lanes,), "f") + xp.number(value)
    memory["lane.episode"] = xp.asarray(list(range(lanes)), "u")
    memory = economy.make_reset(xp)(control(economy, xp, 0, lanes, seed), memory)
    memory["lane.day"] = xp.asarray([lane * economy.HORIZON // lanes for lane in range(lanes)], "u")
    return memory


def start_lane(economy, episode=0, seed=1):
    """One lane of plain numbers."""
    memory = {}
    for name, (kind, length) in economy.FIELDS.items():
        zero = 0 if kind == "u" else 0.0
        memory[name] = [zero] * length if length else zero
    memory.update(economy.PARAMS)
    memory["lane.episode"] = episode
    return economy.reset_scalar(control_values(economy, 0, 1, seed), memory)
