"""Physics: weak forms (UFL) and pointwise laws (NumPy); no files, no clocks, no solvers."""
