"""`python -m linli VERB`: the `linli` command where it is not on the path."""

from linli.conf.cli import main

main()
