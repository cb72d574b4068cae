"""Where in China blockchain information services are registered: the helper library.

The rooms, from raw evidence to the printed page (nothing imports upward):
``paths`` · ``places`` · ``numbers`` · ``ledger`` · ``lists`` → ``bounds`` · ``measures`` ·
``convergence`` → ``claims`` · ``cases`` · ``figures`` · ``site`` · ``notebook`` → ``cli``.
"""
