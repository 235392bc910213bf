"""From a hospital's files to the store: a module a format, one common border.

``read(path, options) -> Raw`` is all that a format gives: text tables with the columns of core.schema.
"""
