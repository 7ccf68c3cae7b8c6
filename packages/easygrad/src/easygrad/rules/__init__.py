"""The derivatives of NumPy's functions, one file for each of NumPy's families.

To add an operation, write it into the file of its family as one of the four kinds of primitive of ``core.py``.
A rule is plain NumPy: on arrays it runs at full speed, and on boxes it comes back to the engine, which is how
higher derivatives arise. A function without a derivative goes into ``constants.py``.
"""
