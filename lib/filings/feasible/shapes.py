"""placeholder"""
def measured(*a): raise NotImplementedError
