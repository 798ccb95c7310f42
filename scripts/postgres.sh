#!/usr/bin/env bash
# Runs a command beside a PostgreSQL of its own, durable and empty, and takes it away afterwards.
# Usage: scripts/postgres.sh COMMAND …   ({} in an argument stands for the URL of the database)
set -euo pipefail
. "$(dirname "$0")/lib/postgres.sh"
"$bin/createdb" -h 127.0.0.1 -p "$port" -U shuke shuke
url="postgres://shuke@127.0.0.1:$port/shuke?sslmode=disable"
"${@//\{\}/$url}"
