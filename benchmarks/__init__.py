"""What differentiation costs: plain NumPy, easygrad and Autograd on the same programs and inputs.

    pytest benchmarks            # everything; options of pytest-benchmark are passed on
    pytest benchmarks --quick    # fewer pairs: the table in less than a minute
    pytest benchmarks/tests      # tests of the measurement itself, without any benchmark

To add a workload, add a `Timed` to `comparisons/workloads.py`; the comparison then checks it too.
"""
