"""One exception for everything a person can mend; its sentence stands in assets/i18n."""


class Refusal(Exception):
    """A request that cannot be met as it stands.

    ``code`` is a key under ``errors`` of the language files and ``values`` fills its slots. The
    command line prints the sentence and exits with 2; a page shows it.
    """

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code, values)
        self.code = code
        self.values = values
