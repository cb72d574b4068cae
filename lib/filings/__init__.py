"""Where in China blockchain information services are registered: the helper library.

The rooms, from raw evidence to the printed page (nothing imports upward):
``paths`` · ``places`` · ``numbers`` · ``lists`` · ``statements`` → ``feasible`` · ``measures``
· ``catchup`` → ``claims`` · ``figures`` → ``run`` · ``cli``.
"""
