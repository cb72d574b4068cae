"""Where in China blockchain information services are registered: the helper library.

The rooms, from raw evidence to the printed page (nothing imports upward):
``paths`` · ``places`` · ``measures`` · ``ledger`` → ``bounds`` · ``words`` → ``lists`` ·
``convergence`` · ``claims`` · ``cases`` · ``likely`` → ``answers`` · ``figures`` → ``notebook`` ·
``site`` → ``cli``.
What depends on what among notebooks is ``dodo.py``.
"""
