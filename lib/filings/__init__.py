"""Where in China blockchain information services are registered: the helper library.

The rooms, from raw evidence to the printed page (nothing imports upward):
``paths`` · ``notebook`` · ``places`` · ``measures`` · ``ledger`` → ``bounds`` · ``words`` →
``lists`` · ``convergence`` · ``claims`` · ``cases`` · ``likely`` → ``answers`` · ``figures`` →
``site`` → ``cli``.
What depends on what among notebooks is ``dodo.py``.
"""

import os

# The matrices here are small: threads would wait for each other longer than they calculate, and
# two notebooks at once for each other's. One thread also adds in the same order everywhere.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
