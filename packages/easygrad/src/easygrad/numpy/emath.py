"""NumPy's ``emath`` namespace, the functions with complex results, with the differentiable ones in place."""

from easygrad.rules.scimath import arccos, arcsin, arctanh, log, log2, log10, logn, power, sqrt
