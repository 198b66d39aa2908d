"""The program: command line, web server and worker, backup, migration, checks, static files."""
