"""Puts the parts together, before any script is loaded."""

from . import core, functions, hosts, interrupts, loader, output, tasks


def install(link, search_path, patience, deadline_text, new_loop):
    core.link = link
    core.patience = patience
    functions.install()
    interrupts.text = deadline_text
    tasks.new_loop = new_loop
    hosts.install()
    tasks.install()
    loader.install(search_path)
    output.install()
    interrupts.install()
