"""A program for plain NumPy that has never heard of derivatives: heat flows through a rod of layers and is measured.

``test_plain_program.py`` differentiates it as it stands.
"""

from dataclasses import dataclass, field

import numpy as np


@dataclass
class Rod:
    """A rod: the temperature in each cell, the length of a cell, and what was seen on the way."""

    temperature: np.ndarray
    width: float = 0.1
    name: str = "copper"
    log: list = field(default_factory=list)

    def report(self, step):
        """Write two lines about the temperature to the log."""
        hottest = self.temperature.argmax()
        self.log.append(f"{self.name} {step:3d}: {self.temperature.mean():.3f}, most {self.temperature.max():8.3f}")
        self.log.append(f"cell {hottest} of {len(self.temperature)}, {float(round(self.width, 2)):.2f} wide")


def conductivity(temperature, params):
    slope, bend = params["slope"], params["bend"]
    linear = params["base"] * (1.0 + slope * (temperature - 20.0))
    return np.where(temperature > params["melting"], linear * bend, linear).clip(0.01, 50.0)


def flow(rod, params):
    k = conductivity(rod.temperature, params)
    between = 2.0 * k[1:] * k[:-1] / (k[1:] + k[:-1])
    return -between * np.diff(rod.temperature) / rod.width


def step(rod, params, dt):
    heat = flow(rod, params)
    change = np.zeros_like(rod.temperature)
    change[:-1] -= heat
    change[1:] += heat
    change[0] += params["heater"]["power"] * np.exp(-params["heater"]["loss"])
    edge = change[-1:]
    edge *= 0.5  # a view: the last cell loses half
    rod.temperature = rod.temperature + dt * change / rod.width
    rod.temperature[-1] = 20.0


def readings(rod, weights):
    rows = [rod.temperature[i : i + 3] for i in range(0, rod.temperature.size - 2, 2)]
    windows = np.stack(rows)
    smooth = np.einsum("ij,j->i", windows, weights / weights.sum())
    return np.concatenate([smooth, windows.std(axis=1), windows.T.reshape(-1)[::4]])


def simulate(params, steps=12, dt=0.0005):
    rod = Rod(20.0 + params["start"].copy())
    seen = []
    for i in range(steps):
        step(rod, params, dt)
        if i % 3 == 0:
            rod.report(i)
            seen.append(readings(rod, params["weights"]))
    table = np.stack(seen)
    table -= table.mean(axis=0)
    energy, peak = (table**2).sum(), np.sort(rod.temperature)[-3:].prod() ** (1 / 3)
    return energy / table.size + np.log1p(peak) + 0.01 * np.linalg.norm(rod.temperature.reshape(2, -1) @ params["mix"])
