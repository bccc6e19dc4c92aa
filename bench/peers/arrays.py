"""Array modules that the generated economy runs on: NumPy, JAX, PyTorch.

Each offers the same few functions under the same names. Lanes are the last axis. Words are unsigned 32-bit
numbers; products and sums of words wrap.
"""

WORD = 0xFFFFFFFF


def pcg4d_number(a, b, c, d):
    """The hash pcg4d (Jarzynski and Olano 2020) of four Python integers."""
    x = (a * 1664525 + 1013904223) & WORD
    y = (b * 1664525 + 1013904223) & WORD
    z = (c * 1664525 + 1013904223) & WORD
    w = (d * 1664525 + 1013904223) & WORD
    for last in (False, True):
        x = (x + y * w) & WORD
        y = (y + z * x) & WORD
        z = (z + x * y) & WORD
        w = (w + y * z) & WORD
        if not last:
            x, y, z, w = x ^ (x >> 16), y ^ (y >> 16), z ^ (z >> 16), w ^ (w >> 16)
    return x, y, z, w


def pcg4d_words(a, b, c, d):
    """The same of uint32 arrays, whose arithmetic wraps."""
    x = a * 1664525 + 1013904223
    y = b * 1664525 + 1013904223
    z = c * 1664525 + 1013904223
    w = d * 1664525 + 1013904223
    x = x + y * w
    y = y + z * x
    z = z + x * y
    w = w + y * z
    x = x ^ (x >> 16)
    y = y ^ (y >> 16)
    z = z ^ (z >> 16)
    w = w ^ (w >> 16)
    x = x + y * w
    y = y + z * x
    z = z + x * y
    w = w + y * z
    return x, y, z, w


FUNCTIONS = (
    "where minimum maximum fmin fmax power absolute sqrt exp log tanh floor sign sin cos isnan"
).split()


class WordArrays:
    """What NumPy and JAX have in common: words are NumPy's where all lanes share them."""

    def __init__(self, module, precision):
        import numpy as np

        self.np = np
        self.float = np.float32 if precision == 32 else np.float64
        for name in FUNCTIONS:
            setattr(self, name, getattr(module, name))
        scale, half = self.float(2.0**-23), self.float(2.0**-24)
        self.unit_interval = lambda word: (word >> 9).astype(self.float) * scale + half
        self.to_float = lambda word: word.astype(self.float)

    def pcg4d(self, a, b, c, d):
        # Words that all lanes share are NumPy scalars, which warn where arrays wrap in silence.
        with self.np.errstate(over="ignore"):
            return pcg4d_words(a, b, c, d)

    def number(self, value, kind="f"):
        return self.np.uint32(value) if kind == "u" else self.float(value)


class NumpyArrays(WordArrays):
    """NumPy. A branch runs for the lanes that take it; rings are written in place."""

    def __init__(self, precision=32):
        import numpy as np

        super().__init__(np, precision)

    def zeros(self, shape, kind):
        return self.np.zeros(shape, self.np.uint32 if kind == "u" else self.float)

    def asarray(self, values, kind):
        return self.np.array(values, self.np.uint32 if kind == "u" else self.float)

    def row(self, array, index):
        # A copy: the ring is written in place later.
        return array[index].copy()

    def with_row(self, array, index, value):
        array[index] = value
        return array

    def stack(self, rows):
        return self.np.stack(rows)

    def fill(self, value, like):
        return self.np.full(like.shape, value)

    def branch(self, mask, function, lanes, shared, kept):
        """What `function` returns where `mask` holds, `kept` elsewhere."""
        taken = self.np.flatnonzero(mask)
        if taken.size == 0:
            return kept
        values = function(*(lane[taken] for lane in lanes), *shared)
        joined = []
        for old, new in zip(kept, values):
            # A ring (two axes) belongs to the lanes alone, other arrays may be shared.
            whole = old if old.ndim == 2 else old.copy()
            whole[..., taken] = new
            joined.append(whole)
        return joined


class JaxArrays(WordArrays):
    """JAX. A branch runs for all lanes and is selected from, as vectorised environments in JAX do."""

    def __init__(self, precision=32):
        import jax
        import jax.numpy as jnp

        if precision == 64:
            jax.config.update("jax_enable_x64", True)
        self.jnp = jnp
        super().__init__(jnp, precision)

    def zeros(self, shape, kind):
        return self.jnp.zeros(shape, self.jnp.uint32 if kind == "u" else self.float)

    def asarray(self, values, kind):
        return self.jnp.asarray(values, self.jnp.uint32 if kind == "u" else self.float)

    def row(self, array, index):
        return array[index]

    def with_row(self, array, index, value):
        return array.at[index].set(value)

    def stack(self, rows):
        return self.jnp.stack(rows)

    def fill(self, value, like):
        return self.jnp.full(like.shape, value)

    def branch(self, mask, function, lanes, shared, kept):
        values = function(*lanes, *shared)
        return tuple(self.jnp.where(mask, new, old) for new, old in zip(values, kept))


class TorchArrays:
    """PyTorch, eager. A branch runs for all lanes.

    Words are held in int32, whose sums and products wrap alike.
    """

    def __init__(self, device="cpu"):
        import torch

        self.torch, self.device, self.float = torch, device, torch.float32
        for name in FUNCTIONS:
            setattr(self, name, getattr(torch, {"power": "pow"}.get(name, name)))
        self.minimum, self.maximum = torch.minimum, torch.maximum
        self.unit_interval = lambda word: ((word >> 9) & 0x7FFFFF).to(self.float) * 2.0**-23 + 2.0**-24
        self.to_float = lambda word: word.to(self.float)
        self.stack = torch.stack

    def pcg4d(self, a, b, c, d):
        x = a * 1664525 + 1013904223
        y = b * 1664525 + 1013904223
        z = c * 1664525 + 1013904223
        w = d * 1664525 + 1013904223
        for last in (False, True):
            x = x + y * w
            y = y + z * x
            z = z + x * y
            w = w + y * z
            if not last:
                x, y, z, w = (word ^ ((word >> 16) & 0xFFFF) for word in (x, y, z, w))
        return x, y, z, w

    def number(self, value, kind="f"):
        return self.asarray(value, kind)

    def zeros(self, shape, kind):
        return self.torch.zeros(
            shape, dtype=self.torch.int32 if kind == "u" else self.float, device=self.device
        )

    def asarray(self, values, kind):
        if kind != "u":
            return self.torch.as_tensor(values, dtype=self.float, device=self.device)
        words = self.torch.as_tensor(values, dtype=self.torch.int64, device=self.device)
        return self.torch.where(words > 0x7FFFFFFF, words - 0x100000000, words).to(self.torch.int32)

    def row(self, array, index):
        # A copy: the ring is written in place later.
        return array[index].clone()

    def with_row(self, array, index, value):
        array[index] = value
        return array

    def fill(self, value, like):
        return value.expand(like.shape)

    def branch(self, mask, function, lanes, shared, kept):
        values = function(*lanes, *shared)
        return tuple(self.torch.where(mask, new, old) for new, old in zip(values, kept))
