"""The files here are programs and the script that runs them: neither tests nor case files."""

collect_ignore_glob = ["*"]
