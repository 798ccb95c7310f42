#!/usr/bin/env bash
# Runs a command beside a PostgreSQL of its own, durable and empty, and takes it away afterwards.
# Usage: scripts/postgres.sh COMMAND …   ({} in an argument stands for the URL of the database)
set -euo pipefail
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -1 || true)
[ -n "$bin" ] || bin=$(dirname "$(command -v postgres)")
home=$(mktemp -d "${SHUKE_SCRATCH:-${TMPDIR:-/tmp}}/shuke-postgres-XXXXXX")
as=()
if [ "$(id -u)" = 0 ]; then
  as=(setpriv --reuid=postgres --regid=postgres --clear-groups)
  chown postgres "$home"
fi
stop() {
  "${as[@]}" "$bin/pg_ctl" -D "$home/data" -m immediate stop >/dev/null 2>&1 || true
  rm -rf "$home"
}
trap stop EXIT
port=$((20000 + RANDOM % 20000))
"${as[@]}" "$bin/initdb" -D "$home/data" -A trust -U shuke -E UTF8 --locale=C >/dev/null
cat >>"$home/data/postgresql.conf" <<CONF
port = $port
listen_addresses = '127.0.0.1'
unix_socket_directories = '$home'
shared_buffers = 1GB
max_wal_size = 4GB
max_connections = 100
CONF
"${as[@]}" "$bin/pg_ctl" -D "$home/data" -l "$home/log" -w start >/dev/null
"$bin/createdb" -h 127.0.0.1 -p "$port" -U shuke shuke
url="postgres://shuke@127.0.0.1:$port/shuke?sslmode=disable"
"${@//\{\}/$url}"
