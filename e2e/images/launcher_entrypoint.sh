#!/bin/sh
# The entry point that the published executors call: it runs a command line.
exec sh -c "$*"
