"""The REST resource of every kind of record, made from its `Module`: the same form, services, rights and rows as the
screen has.
"""
