"""The command line: every station of the way of the data, each with --help and --json."""

import signal

if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # Ctrl-C waits for main, which has words for it

import argparse
import json
import os
import sys

from core.commands import STATIONS
from core.commands.parsing import speak
from core.errors import Refusal
from core.i18n import LANGUAGES, t

GOES_ON = {"train", "compare"}  # commands that keep what is done when they are interrupted
INTERRUPTED, UNREAD = 128 + signal.SIGINT, 128 + signal.SIGPIPE  # as a shell counts them


def shared_options(language: str, default: object = argparse.SUPPRESS) -> argparse.ArgumentParser:
    """Options that stand before a command or after it; what was said before is not unsaid by a default after."""
    options = argparse.ArgumentParser(add_help=False)
    options.add_argument("--json", action="store_true", default=default, help=t("cli.json", language))
    options.add_argument("--lang", choices=LANGUAGES, default=language, help=t("cli.lang", language))
    return options


def build_parser(language: str) -> argparse.ArgumentParser:
    shared = shared_options(language, default=False)
    parser = argparse.ArgumentParser(prog="python -m core", parents=[shared], description=t("cli.about", language))
    commands = parser.add_subparsers(dest="command", required=True, metavar=t("cli.command", language))
    for station in STATIONS:
        station.add(commands, shared_options(language), language)
    return parser


def language_of(arguments: list[str]) -> str:
    """The language asked for with ``--lang``, French otherwise, known before parsing for --help."""
    options = argparse.ArgumentParser(add_help=False)
    options.add_argument("--lang", nargs="?")
    wanted = options.parse_known_args(arguments)[0].lang
    return wanted if wanted in LANGUAGES else "fr"


def main(arguments: list[str] | None = None) -> int:
    """Run one command: 0 done, 2 refused with a sentence that says what to do, 130 interrupted, 141 nobody reads."""
    arguments = sys.argv[1:] if arguments is None else arguments
    language, options = language_of(arguments), argparse.Namespace(command="")
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        speak(language)
        build_parser(language).parse_args(arguments, options)
        answer = options.run(options)
        if options.json and answer is not None:  # of several processes only one answers
            print(json.dumps(answer, ensure_ascii=False, default=str))
        sys.stdout.flush()
    except Refusal as refusal:
        return said(sentence(refusal, language), 2)
    except KeyboardInterrupt:
        return said(t(f"cli.interrupted.{'kept' if options.command in GOES_ON else 'stopped'}", language), INTERRUPTED)
    except BrokenPipeError:  # as of ``figures | head``: what is still to be printed goes nowhere
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNREAD
    except OSError as error:
        return said(t("errors.system", language, path=error.filename or "", why=error.strerror or error), 2)
    return 0


def sentence(refusal: Refusal, language: str) -> str:
    """What a refusal says; reasons of rows set aside are codes of quality.toml."""
    words = [t(f"quality.reason.{code}", language) for code in refusal.values.get("reasons", ())]
    return t(f"errors.{refusal.code}", language, **refusal.values | ({"reasons": ", ".join(words)} if words else {}))


def said(words: str, code: int) -> int:
    print(words, file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
