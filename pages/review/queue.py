"""To be laid out."""

from pages.shell.session import guard

session = guard()
