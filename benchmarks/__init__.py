"""
Benchmarks: this tool against the peers, interleaved in one run (`docs/performance.md`).
"""
