#!/usr/bin/env bash
# Changes pricing and ledger in every small way that cargo-mutants knows, and runs their tests on each.
# Usage: scripts/mutants.sh [PER_CENT]   fails where fewer are caught. SHUKE_SHARD=1/8 takes a part.
set -euo pipefail
cd "$(dirname "$0")/.."
least=${1:-80}
cargo mutants --version >/dev/null 2>&1 || { echo "mutants: cargo install --locked cargo-mutants" >&2; exit 1; }
out=${CARGO_TARGET_DIR:-target}/mutants
mkdir -p "$out"
shard=()
[ -z "${SHUKE_SHARD:-}" ] || shard=(--shard "$SHUKE_SHARD")
total=0 caught=0
run() {
  local package=$1
  shift
  # 2: some were missed, 3: some took too long. Both are counted below.
  cargo mutants --package "$package" --output "$out/$package" --no-shuffle --timeout-multiplier 3 "${shard[@]}" "$@" || [ $? -le 3 ]
  local of="$out/$package/mutants.out"
  local good=$(($(wc -l <"$of/caught.txt") + $(wc -l <"$of/timeout.txt")))
  local missed
  missed=$(wc -l <"$of/missed.txt")
  echo "mutants: $package: $good caught, $missed missed"
  cat "$of/missed.txt"
  total=$((total + good + missed)) caught=$((caught + good))
}
run shuke-offer --file 'crates/offer/src/price/**' -- --lib
run shuke-ledger --file 'crates/ledger/src/**/model.rs' -- --lib
[ "$total" -gt 0 ] || { echo "mutants: nothing was changed" >&2; exit 1; }
echo "mutants: $((caught * 100 / total)) of 100 caught"
[ $((caught * 100)) -ge $((least * total)) ]
