"""Jiang, Dong, Wang, Yang, Pan 2022: joint offloading and allocation (DIRS)."""
