# A PostgreSQL of one's own, durable and empty, that is gone when the shell ends. To be sourced.
# Sets `bin` (its programs), `home` (its folder) and `port`; its user is shuke, on 127.0.0.1, without a password.
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
