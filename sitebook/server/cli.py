"""The command line ``sitebook``: finds the command, starts the database around it, says what went wrong."""

from __future__ import annotations

import argparse
import errno
import importlib
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

from sitebook.basics.refused import Refused

# name: module in sitebook.server.commands. In the order somebody new needs them.
COMMANDS = {
    "serve": "serve",
    "demo": "demo",
    "init": "init",
    "createuser": "createuser",
    "resetlink": "resetlink",
    "secondfactor": "secondfactor",
    "token": "token",
    "import": "import_",
    "migrate": "migrate",
    "check": "check",
    "backup": "backup",
    "restore": "restore",
    "verify-history": "verify_history",
    "testmail": "testmail",
    "worker": "worker",
    "bench": "bench",
    "stop": "stop",
}

# What an operator can mend: a path that is wrong, rights that are missing, a disk that is full.
_OF_THE_MACHINE = {
    *(errno.ENOENT, errno.EACCES, errno.EPERM, errno.EISDIR, errno.ENOTDIR),
    *(errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO),
}


def main(arguments: list[str] | None = None) -> int:
    """Run one command. 0: done; 1: done, but something was found wrong; 2: refused, told in one sentence."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sitebook.config.settings")
    args = _parser().parse_args(arguments)
    module: ModuleType = args.module
    try:
        with prepared(getattr(module, "NEEDS", "schema")):
            return int(module.run(args))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our output (head, less) has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as fault:
        if not (sentence := _expected(fault)):
            raise
        print(f"sitebook: {sentence}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sitebook",
        description="The register and service desk for firms that look after equipment at other people's places.",
        epilog="Settings are environment variables; docs/settings.md lists them.",
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name, file in COMMANDS.items():
        module = importlib.import_module(f"sitebook.server.commands.{file}")
        command = commands.add_parser(name, help=module.HELP, description=module.HELP[0].upper() + module.HELP[1:])
        module.arguments(command)
        command.set_defaults(module=module)
    return parser


@contextmanager
def prepared(needs: str) -> Iterator[None]:
    """What a command stands on: ``nothing``, a running ``server``, or a ``schema`` that is current too.

    At the end the connections are closed and the server is given back.
    """
    if needs == "nothing":
        yield
        return
    from sitebook.config.database import server

    with server().running():
        from sitebook.config.environment import data_dir
        from sitebook.server import backup

        # Before the settings are read: a restore that was killed may bring another secret key.
        if told := backup.settle(server(), data_dir()):
            print(f"sitebook: {told}", file=sys.stderr)

        import django

        django.setup()
        from sitebook.server import schema

        try:
            if needs == "schema":
                schema.must_be_current()
            yield
        finally:
            schema.close_connections()


def _expected(fault: Exception) -> str:
    """The sentence for a fault that is no defect of Sitebook; empty for a defect."""
    if isinstance(fault, Refused):
        return str(fault)
    if isinstance(fault, shutil.Error):  # of several files, each with its own
        return str(fault.args[0][0][-1]) + "."
    if isinstance(fault, OSError) and fault.errno in _OF_THE_MACHINE:
        return f"{fault.filename or 'The disk'}: {fault.strerror}."
    if "django.db" in sys.modules:
        import psycopg
        from django.db import OperationalError

        if isinstance(fault, OperationalError | psycopg.OperationalError):
            return f"the database does not answer: {' '.join(str(fault).split())}"
    if type(fault).__module__ == "procrastinate.exceptions":
        return f"the database does not answer: {fault.__cause__ or fault}"
    return ""


if __name__ == "__main__":
    sys.exit(main())
