"""The command line: one invocation from its arguments to its exit code.

It imports next to nothing before the log in's first frame is on the terminal.
"""

from __future__ import annotations

import gc
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui_billing.commands.output import Result

BUG = 1
INTERRUPTED = 130
SET_UP_REFUSED = 3
LONGEST_MESSAGE = 4_000
GC_THRESHOLD = (100_000, 50, 100)


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out one invocation and give its exit code."""
    os.umask(0o077)
    # What modules are made of stays: looking for cycles among it is an eighth of the start.
    gc.set_threshold(*GC_THRESHOLD)
    given = list(sys.argv[1:] if arguments is None else arguments)
    if _may_open_desk(given):
        demo = "demo" in given
        _show_log_in(training=demo, first_run=_is_first_run(given, demo))
    from tui_billing.domain.errors import BillingError

    as_json = "--json" in given
    try:
        result = _carry_out(given)
    except BillingError as refusal:
        return _tell(refusal.title, refusal.sentence, refusal.exit_code, as_json, refusal.details)
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        return _tell("Cannot start", _of_system(error), SET_UP_REFUSED, as_json)
    except Exception as error:  # noqa: BLE001 -- the last line of defence: no traceback on the screen
        return _tell("Error", _log(error, given), BUG, as_json)
    return _write(result, as_json)


def _may_open_desk(arguments: Sequence[str]) -> bool:
    """Whether the desk may open: without a command or with `demo`, and with nothing that says otherwise."""
    from tui_billing.commands.words import command_word

    return command_word(arguments) in ("", "demo") and {"--url", "--help", "-h", "--version"}.isdisjoint(arguments)


def _is_first_run(arguments: Sequence[str], demo: bool) -> bool:
    """Whether a database has to be made before there is anything to log in to, as far as a glance tells."""
    from tui_billing.own_files import configuration_file, own_database

    other = not demo and ("TUI_BILLING_DATABASE" in os.environ or _is_there(configuration_file(os.environ)))
    named = other or "--database" in arguments
    return "--reset" in arguments or not (named or _is_there(own_database(os.environ, demo)))


def _is_there(file: str) -> bool:
    return os.path.exists(file)  # noqa: PTH110 -- pathlib takes too long to import


def _show_log_in(training: bool, first_run: bool) -> None:
    from tui_billing.terminal.modes import drop_textual_environment, paint_first_frame, prepare_terminal

    drop_textual_environment()
    prepare_terminal()
    if not first_run:
        paint_first_frame(training)


def _carry_out(arguments: list[str]) -> Result:
    import importlib

    from tui_billing.commands.arguments import parse

    found = parse(arguments)
    module_name, function_name = found.run.split(":")
    module = importlib.import_module(f"tui_billing.commands.{module_name}")
    command = getattr(module, function_name)
    if found.signs_in:
        from tui_billing.commands.signing_in import with_session

        result: Result = with_session(found, command)
    else:
        result = command(found)
    return result


def _write(result: Result, as_json: bool) -> int:
    from tui_billing.commands.output import as_text

    text = as_text(result, as_json)
    if not text:
        return result.exit_code
    try:
        _print(text)
    except BrokenPipeError:
        _silence_output()
    except OSError as error:
        _silence_output()
        sentence = f"The command was carried out, but what it says could not be written: {error.strerror}."
        return _tell("Output lost", sentence, BUG, as_json=False)
    return result.exit_code


def _tell(title: str, sentence: str, exit_code: int, as_json: bool, details: Sequence[str] = ()) -> int:
    from contextlib import suppress

    from tui_billing.commands.output import json_text
    from tui_billing.domain.text import shown
    from tui_billing.terminal.modes import restore_terminal

    restore_terminal()
    with suppress(OSError):
        print(f"{title}: {shown(sentence, LONGEST_MESSAGE)}", file=sys.stderr)
        for detail in details:
            print(shown(detail), file=sys.stderr)
    if as_json:
        error = {"title": title, "message": sentence, "exit_code": exit_code}
        document = {"error": error | ({"details": list(details)} if details else {})}
        try:
            _print(f"{json_text(document)}\n")
        except OSError:
            _silence_output()
    return exit_code


def _print(text: str) -> None:
    if sys.stdout is not None:
        encoding = sys.stdout.encoding or "utf-8"
        sys.stdout.write(text.encode(encoding, errors="replace").decode(encoding))
        sys.stdout.flush()


def _silence_output() -> None:
    """Let nothing more be written to a standard output that is gone, not even at the interpreter's end."""
    from contextlib import suppress

    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _of_system(error: OSError) -> str:
    about = f"{error.filename}: " if error.filename else ""
    return f"{about}{error.strerror or type(error).__name__}."


def _log(error: Exception, arguments: Sequence[str]) -> str:
    """Write a bug to the log file, without the values of any variable, and say where it went."""
    from tui_billing.commands.words import command_word
    from tui_billing.config import read_settings
    from tui_billing.domain.errors import BillingError
    from tui_billing.failure_log import told_of_failure, write_failure

    try:
        log_file = read_settings().log_file
    except (BillingError, OSError):
        return told_of_failure(error, None)
    return told_of_failure(error, write_failure(log_file, error, command_word(arguments) or "the desk"))
