"""Wrong rules, each applied to the host alone, to see whether a judge notices.

A mutant's name says what is wrong, its docstring why that is dangerous. It yields what is to be
patched: (owner, attribute, the wrong thing). `wrong(name)` is a context in which the host is so.
"""

from tests.simulator.mutants import answers, bound, levels
from tests.simulator.mutants.mutant import MUTANTS, wrong

__all__ = ["MUTANTS", "answers", "bound", "levels", "wrong"]
