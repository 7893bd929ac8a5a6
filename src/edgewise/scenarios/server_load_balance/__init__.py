"""Zhang, Li, Peng, Pei 2021: task offloading with server load balance (DTOMALB)."""
