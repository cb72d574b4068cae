"""Where in China blockchain information services are registered: the helper library.

The rooms, from raw evidence to the printed page (nothing imports upward):
``paths`` · ``places`` · ``numbers`` · ``ledger`` · ``outputs`` · ``words`` · ``measures`` →
``bounds`` → ``lists`` · ``convergence`` · ``claims`` · ``cases`` · ``likely`` → ``answers`` ·
``figures`` → ``notebook`` · ``runner`` · ``site`` → ``cli``.
What depends on what among notebooks is ``dodo.py``.
"""
