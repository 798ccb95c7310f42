#!/usr/bin/env bash
# Holds the models of insight against lifetimes, pyfim (Borgelt's C) and DuckDB, in one run on the same files; read the
# ratios of CPU time, not the seconds. Needs Python with lifetimes, pyfim, duckdb in PYTHON (default: a fresh venv).
# Usage: scripts/bench-insight.sh REFERENCE_DIR [millions of orders, default 10; 100 for the full size]
# REFERENCE_DIR holds CDNOW_master.txt, CDNOW_sample.txt and online_retail.csv.gz. ORDERS names the Parquet file of the five
# questions: it is made where it is not there, and kept. PARTS picks among fits, sets and five.
set -euo pipefail
reference=$(realpath "${1:?the folder of the reference sets}")
millions=${2:-10}
cd "$(dirname "$0")/.."
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
python=${PYTHON:-}
if [ -z "$python" ]; then
  python3 -m venv "$home/venv"
  "$home/venv/bin/pip" install -q lifetimes pyfim duckdb
  python=$home/venv/bin/python
fi
cargo build --quiet --release --locked -p shuke-insight --example bench
bench=${CARGO_TARGET_DIR:-target}/release/examples/bench
export BENCH=$bench REFERENCE=$reference MILLIONS=$millions HOME_OF_BENCH=$home
"$python" scripts/bench_insight.py ${PARTS:-}
