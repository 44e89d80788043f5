"""The outermost boundary: whatever goes wrong becomes a sentence and an exit code; our own faults get an incident."""

import errno
import os
import sys
from collections.abc import Callable

from switchboard.commands import texts
from switchboard.commands.context import Context
from switchboard.errors import BackendError, BadInput, ConfigError, SwitchboardError

DONE, FAILED, MISUSED, STOPPED = 0, 1, 2, 130


def guarded(run: Callable[[], int], context: Context) -> int:
    """Run a command and turn what it raises into its exit code."""
    try:
        return run()
    except SystemExit as left:  # argparse leaves so after --help
        return left.code if isinstance(left.code, int) else DONE
    except KeyboardInterrupt:
        return STOPPED
    except BrokenPipeError:
        _let_go_of_stdout()
        return FAILED
    except (ConfigError, BadInput) as error:
        _tell(str(error) if isinstance(error, ConfigError) else error.user_text, context)
        return MISUSED
    except SwitchboardError as error:
        return _incident(error, context, texts.NO_SPACE if _is_full(error) else error.user_text)
    except Exception as error:  # noqa: BLE001 - the last boundary: a person never reads a traceback unasked
        return _incident(error, context, texts.NO_SPACE if _is_full(error) else texts.UNEXPECTED)


def _is_full(error: Exception) -> bool:
    if isinstance(error, BackendError):
        return error.code == "full"
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


def _incident(error: Exception, context: Context, sentence: str) -> int:
    """Tell the sentence with a number under which the log has the rest."""
    number = os.urandom(4).hex()
    if context.folder:
        import logging

        logging.getLogger("switchboard.commands").error("incident %s", number, exc_info=error)
    _tell(f"{sentence} {texts.incident(number, context.folder)}", context)
    return FAILED


def _tell(sentence: str, context: Context) -> None:
    print(f"switchboard: {sentence}", file=sys.stderr)
    if context.verbose:
        import traceback

        traceback.print_exc()


def _let_go_of_stdout() -> None:
    """Whoever read the output has gone. Python must not try again to write what is left when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
