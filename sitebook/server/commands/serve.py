"""`sitebook serve`: everything in one process tree, until Ctrl-C."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

HELP = "run Sitebook: web server, background worker, PostgreSQL"
NEEDS = "server"


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen at (8000)")
    parser.add_argument("--no-worker", action="store_true", help="leave background work to a separate sitebook worker")


def run(args: Namespace) -> int:
    """Refuse what is unsafe, bring the schema and the static files up to date, serve."""
    from sitebook.config.database import server
    from sitebook.config.settings import ENV
    from sitebook.files import storage
    from sitebook.server import schema, static_files, supervisor, unnamed
    from sitebook.server.deploy_checks import must_be_safe
    from sitebook.server.lock import serving_alone

    with serving_alone(ENV.data_dir, f"http://{args.host}:{args.port}/"):
        supervisor.port_must_be_free(args.host, args.port)
        unnamed.sweep(ENV.data_dir)
        schema.migrate()
        storage.sweep_after_a_kill()
        must_be_safe(ENV, host=args.host)
        static_files.collect()
        schema.close_connections()
        found = server()
        print(found.described, flush=True)
        return supervisor.serve(found, host=args.host, port=args.port, with_worker=not args.no_worker)
