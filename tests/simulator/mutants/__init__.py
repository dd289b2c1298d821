"""Wrong rules, each applied alone, to see whether a judge notices.

A mutant's name says what is wrong, its docstring why that is dangerous. It yields what is to be
patched: (owner, attribute, the wrong thing). `HOST.wrong(name)` is a context in which the host
follows that rule, `UNITS.wrong(name)` one for units and what lies between.
"""

from tests.simulator.mutants import answers, bound, contradictions, levels, units
from tests.simulator.mutants.mutant import HOST, UNITS

__all__ = ["HOST", "UNITS", "answers", "bound", "contradictions", "levels", "units"]
