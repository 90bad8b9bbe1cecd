"""Data that travels with the package; NOTICE says where each file comes from and under which licence."""
