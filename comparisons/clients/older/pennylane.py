"""Variational quantum circuits by three methods of differentiation, training, and the energy of a molecule."""

import pennylane as qml
from pennylane import numpy as np

device = qml.device("default.qubit", wires=3)
weights = np.linspace(0.1, 1.9, 18).reshape(2, 3, 3)
features = np.array([0.5, -0.3, 0.8], requires_grad=False)


def circuit(params, x):
    """Encode three numbers, entangle, and measure."""
    qml.AngleEmbedding(x, wires=range(3))
    qml.StronglyEntanglingLayers(params, wires=range(3))
    return qml.expval(qml.PauliZ(0) @ qml.PauliX(1))


def probabilities(angle):
    """Return the probabilities of all outcomes."""
    qml.RX(angle[0], wires=0)
    qml.CRY(angle[1], wires=[0, 1])
    qml.IsingXX(angle[0] * angle[1], wires=[1, 2])
    return qml.probs(wires=range(3))


def bond(geometry):
    """Return the Hartree-Fock energy of a molecule of hydrogen."""
    molecule = qml.qchem.Molecule(["H", "H"], geometry)
    return qml.qchem.hf_energy(molecule)(geometry)


def run():
    """Return gradients, a Hessian, a Jacobian, what two optimizers arrive at, and the force on two nuclei."""
    found = {}
    for method in ("backprop", "parameter-shift", "adjoint"):
        node = qml.QNode(circuit, device, diff_method=method)
        found[method] = [node(weights, features), qml.grad(node)(weights, features)]
    node = qml.QNode(circuit, device, diff_method="backprop")
    found["hessian"] = qml.jacobian(qml.grad(node))(weights, features)
    angles = np.array([0.4, 1.1])
    found["jacobian"] = qml.jacobian(qml.QNode(probabilities, device, diff_method="backprop"))(angles)
    for optimizer in (qml.AdamOptimizer(0.1), qml.QNGOptimizer(0.1)):
        params = weights
        for _ in range(5):
            (params, _), cost = optimizer.step_and_cost(node, params, features)
        found[type(optimizer).__name__] = [params, cost]
    geometry = np.array([[0.0, 0.0, -0.7], [0.0, 0.0, 0.7]])
    found["force"] = qml.grad(bond)(geometry)
    return found
