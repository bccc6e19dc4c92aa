"""Runs one step from each of many states: the check of the generated code. JSON on stdin and stdout.

In:  {"module": FILE, "arrays": "numpy" | "jax" | "torch" | "scalar", "precision": 32 | 64,
      "cases": [{"c": {field: number}, "m": {field: [[number per lane] per element]}}]}
Out: the `m` after one step of each case, in the same form.
"""

import json
import sys

import arrays
from lanes import load_economy


def array_module(name, precision):
    if name == "torch":
        return arrays.TorchArrays()
    return {"numpy": arrays.NumpyArrays, "jax": arrays.JaxArrays}[name](precision)


def unsigned(words):
    """PyTorch's words are signed."""
    return [word & arrays.WORD for word in words]


def step_arrays(economy, xp, step, case):
    kinds = economy.FIELDS
    control = {
        name: value if economy.CONTROL[name] == "i" else xp.number(value, economy.CONTROL[name])
        for name, value in case["c"].items()
    }
    memory = {
        name: xp.asarray(rows if kinds[name][1] else rows[0], kinds[name][0])
        for name, rows in case["m"].items()
    }
    after = step(control, memory)
    result = {
        name: unsigned(value.tolist()) if kinds[name][0] == "u" else value.tolist()
        for name, value in after.items()
    }
    return {name: rows if kinds[name][1] else [rows] for name, rows in result.items()}


def step_numbers(economy, case):
    """Lane by lane."""
    kinds = economy.FIELDS
    lanes = len(case["m"]["lane.episode"][0])
    result = {name: [[] for _ in rows] for name, rows in case["m"].items()}
    for lane in range(lanes):
        one = {name: [row[lane] for row in rows] for name, rows in case["m"].items()}
        memory = {name: rows if kinds[name][1] else rows[0] for name, rows in one.items()}
        after = economy.step_scalar(case["c"], memory)
        for name, value in after.items():
            for row, element in zip(result[name], value if kinds[name][1] else [value]):
                row.append(element)
    return result


def main():
    request = json.load(sys.stdin)
    economy = load_economy(request["module"])
    if request["arrays"] == "scalar":
        results = [step_numbers(economy, case) for case in request["cases"]]
    else:
        import warnings

        warnings.simplefilter("ignore")
        xp = array_module(request["arrays"], request["precision"])
        step = economy.make_step(xp)
        if request["arrays"] == "jax":
            import jax

            step = jax.jit(step)
        results = [step_arrays(economy, xp, step, case) for case in request["cases"]]
    json.dump(results, sys.stdout)


if __name__ == "__main__":
    main()
