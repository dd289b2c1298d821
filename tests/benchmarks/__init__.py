"""The figures of the host, measured: python -m tests.benchmarks [NAME ...] [--json FILE]."""
