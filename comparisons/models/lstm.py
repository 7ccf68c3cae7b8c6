"""D-LSTM: a recurrent network with diagonal gates that predicts the next row of bits of a text.

Each of l layers has four gates, each with a weight and a bias for every bit: forget f and output o look at the signal
x from below, input i and change c at the layer's own output h before. Then cell <- cell f + i tanh(c) and
h <- o tanh(cell), and h is the signal for the layer above. The signal into the first layer is the row of bits times
`extra[0]`, the prediction is y = h extra[1] + extra[2]. Each step costs -sum bits (y - log(2 + sum exp(y))); the loss
is the mean over all bits. It is a long program on small arrays: the test of the length of a tape.
"""

from itertools import pairwise
from typing import Any

from comparisons.models import Function, Timed, interval, normal

from graddiff import Case
from graddiff.domains import generator

WEIGHTS = interval("WEIGHTS", -0.8, 0.8)
BITS = 14
SIZES = [(layers, length) for layers in (2, 4) for length in (64, 256, 1024)]


def text(length: int, bits: int) -> Any:
    """Return the rows of bits."""
    return generator("lstm", length, bits).integers(0, 2, (length, bits)).astype(float)


def start(layers: int, bits: int) -> Any:
    """Return the output and the cell of each layer before the first step."""
    return normal("lstm start", layers, bits, shape=(layers, 2, bits))


def sigmoid(np: Any, x: Any) -> Any:
    """Return the logistic function."""
    return 1 / (1 + np.exp(-x))


def loss(np: Any, layers: int, length: int, bits: int) -> Function:
    """Return the loss as a function of `main` (layers, weight and bias, gates, bits) and `extra` (3, bits)."""
    rows, before = text(length, bits), start(layers, bits)

    def layer(x: Any, h: Any, cell: Any, gates: Any) -> tuple[Any, Any]:
        (wf, wi, wo, wc), (bf, bi, bo, bc) = gates
        kept = cell * sigmoid(np, x * wf + bf)
        cell = kept + sigmoid(np, h * wi + bi) * np.tanh(h * wc + bc)
        return sigmoid(np, x * wo + bo) * np.tanh(cell), cell

    def mean_loss(main: Any, extra: Any) -> Any:
        gates = [[[main[i, j, k] for k in range(4)] for j in range(2)] for i in range(layers)]
        state, total = [(row[0], row[1]) for row in before], 0.0
        into, out, offset = extra[0], extra[1], extra[2]
        for now, following in pairwise(rows):
            x = now * into
            for i in range(layers):
                x, cell = layer(x, *state[i], gates[i])
                state[i] = (x, cell)
            y = x * out + offset
            total = total - np.sum(following * (y - np.log(2 + np.sum(np.exp(y)))))
        return total / ((length - 1) * bits)

    return mean_loss


def case(layers: int, length: int, bits: int = BITS) -> Case:
    """Return the model at a size."""
    return Case(
        f"lstm.l{layers}_c{length}_b{bits}",
        lambda np: loss(np, layers, length, bits),
        [WEIGHTS, WEIGHTS],
        shapes=[((layers, 2, 4, bits), (3, bits))],
    )


CASES = [case(2, 3, bits=1), case(1, 3, bits=2)]


def timed() -> list[Timed]:
    """Return the gradient at each number of layers and rows."""
    return [Timed(case(layers, length)) for layers, length in SIZES]
