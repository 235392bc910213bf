"""What to read first, its lines, why, and the verdict, on one screen."""

from pages.review.bench import bench
from pages.shell.refusal import said
from pages.shell.session import guard

session = guard()
with said(session):
    bench(session)
