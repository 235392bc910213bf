"""One module a station; each has ``add(commands, shared, language)`` that sets ``run``.

``run(options)`` prints for a person on stderr while it works, returns the JSON-ready answer, and
when ``options.json`` is false prints it for a person on stdout.
"""

from core.commands import evaluate, explain, figures, score, simulate, train

STATIONS: tuple = (simulate, train, evaluate, figures, score, explain)
from core.commands import demo, simulate

STATIONS: tuple = (demo, simulate)
