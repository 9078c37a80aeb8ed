"""What femna costs, as ratios measured in one run on one machine: docs/performance.md.

Never imported by femna and never a test: a time is not an assertion.
"""
