"""One module a station; each has ``add(commands, shared, language)`` that sets ``run``.

``run(options)`` prints for a person on stderr while it works, returns the JSON-ready answer, and
when ``options.json`` is false prints it for a person on stdout.
"""

from core.commands import (
    adapt,
    compare,
    demo,
    describe,
    evaluate,
    explain,
    figures,
    intake,
    interactions,
    knowledge,
    labels,
    pseudonym,
    register,
    report,
    score,
    select,
    simulate,
    train,
)

STATIONS: tuple = (
    demo,
    simulate,
    intake,
    describe,
    train,
    evaluate,
    figures,
    compare,
    select,
    report,
    adapt,
    score,
    explain,
    labels,
    pseudonym,
    register,
    interactions,
    knowledge,
)
