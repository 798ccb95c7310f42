#!/usr/bin/env bash
# Holds checkout against pgbench on PostgreSQL, against bare statements on SQLite, and group commit
# against one commit per sale on a disk whose fsync takes 5 ms. Each pair runs one after the other on
# the same machine; read the ratios, not the rates. Usage: scripts/bench.sh [seconds]
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-10}
shuke=${SHUKE:-target/release/shuke}
[ -x "$shuke" ] || cargo build --release --locked -p shuke-server
. scripts/lib/postgres.sh
pg=(-h 127.0.0.1 -p "$port" -U shuke)
sql() { "$bin/psql" "${pg[@]}" -qAt -c "$1" postgres; }

# Each pair on databases of its own, from a checkpoint on: nobody tidies up in the other's time.
echo "== PostgreSQL: pgbench (TPC-B-like, prepared) and checkout, fsync on"
for clients in 1 8 32; do
  "$bin/createdb" "${pg[@]}" bench
  "$bin/pgbench" "${pg[@]}" -i -q -s 20 bench 2>/dev/null
  sql CHECKPOINT
  tps=$("$bin/pgbench" "${pg[@]}" -M prepared -c "$clients" -j 2 -T "$seconds" bench 2>/dev/null | sed -n 's/^tps = \([0-9]*\).*/\1/p')
  "$bin/dropdb" "${pg[@]}" bench
  "$bin/createdb" "${pg[@]}" shuke
  sql CHECKPOINT
  echo "$clients clients: pgbench $tps transactions/s"
  "$shuke" bench checkout --db "postgres://shuke@127.0.0.1:$port/shuke?sslmode=disable" --clients "$clients" --seconds "$seconds"
  "$bin/dropdb" "${pg[@]}" shuke
done

echo "== SQLite: checkout and its statements on a bare connection"
"$shuke" bench raw --clients 1,8,32 --seconds "$seconds"

echo "== SQLite with 5 ms more for every fsync: group commit, and one commit per sale"
gcc -shared -fPIC -O1 -o "$home/slow_fsync.so" scripts/slow_fsync.c -ldl
LD_PRELOAD="$home/slow_fsync.so" "$shuke" bench checkout --clients 32 --seconds "$seconds"
LD_PRELOAD="$home/slow_fsync.so" "$shuke" bench checkout --clients 32 --seconds "$seconds" --group-commit-max 1
