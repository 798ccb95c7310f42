#!/usr/bin/env bash
# Installs what the machine lacks where it can (Debian, as root), and names it where it can't.
# usage: scripts/setup.sh build|test
set -euo pipefail

want=${1:-test}
packages=()
missing=()

has() { command -v "$1" >/dev/null 2>&1; }

# A server program of PostgreSQL: on the PATH, or where Debian keeps it.
has_postgres() {
  has "$1" && return
  local found
  found=$(ls -d /usr/lib/postgresql/*/bin/"$1" 2>/dev/null || true)
  [ -n "$found" ]
}

[ -d "$HOME/.cargo/bin" ] && PATH="$PATH:$HOME/.cargo/bin"
if ! has cargo; then
  missing+=("Rust 1.95 or newer: https://rustup.rs")
else
  for tool in fmt clippy; do
    if ! cargo "$tool" --version >/dev/null 2>&1; then
      component=${tool/fmt/rustfmt}
      if ! has rustup || ! rustup component add "$component"; then
        missing+=("$component: rustup component add $component")
      fi
    fi
  done
fi
# SQLite is compiled from its source.
has cc || packages+=(gcc libc6-dev)
# The faces are built with Node.
if ! has node || ! has npm || [ "$(node -p 'process.versions.node.split(".")[0]')" -lt 20 ]; then
  missing+=("Node 20.19 or newer, with npm: https://nodejs.org")
fi
if [ "$want" = test ]; then
  has chromium || packages+=(chromium fonts-noto-cjk)
  has valgrind || packages+=(valgrind)
  ls /usr/lib/*/faketime/libfaketimeMT.so.1 >/dev/null 2>&1 || packages+=(faketime)
  has pgbouncer || [ -x /usr/sbin/pgbouncer ] || packages+=(pgbouncer)
  # A virtual environment needs the module ensurepip, which Debian keeps apart.
  python3 -c 'import ensurepip' 2>/dev/null || packages+=(python3 python3-venv)
  for program in initdb postgres pgbench; do
    if ! has_postgres "$program"; then
      packages+=(postgresql)
      break
    fi
  done
fi

if [ ${#packages[@]} -gt 0 ]; then
  if [ "$(id -u)" = 0 ] && has apt-get; then
    echo "setup: installing ${packages[*]}" >&2
    # The tests start their own cluster; the package is not to make one.
    if [[ " ${packages[*]} " == *" postgresql "* ]]; then
      mkdir -p /etc/postgresql-common
      [ -e /etc/postgresql-common/createcluster.conf ] || echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.conf
    fi
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq </dev/null >/dev/null
    apt-get install -y -qq --no-install-recommends -o Dpkg::Options::=--force-confold "${packages[@]}" </dev/null >/dev/null
  else
    missing+=("packages (Debian's names): ${packages[*]}")
  fi
fi

# schemathesis draws requests from the OpenAPI document (crates/server/tests/it/fuzz.rs), in a Python of its own.
if [ "$want" = test ] && [ -z "${SHUKE_SCHEMATHESIS:-}" ]; then
  fuzzer=${CARGO_TARGET_DIR:-$(dirname "$0")/../target}/schemathesis
  if [ ! -x "$fuzzer/bin/st" ]; then
    echo "setup: installing schemathesis into $fuzzer" >&2
    if ! { python3 -m venv "$fuzzer" && "$fuzzer/bin/pip" install -q --disable-pip-version-check 'schemathesis>=4.32,<5'; } >&2; then
      rm -rf "$fuzzer"
      missing+=("schemathesis 4 (PyPI): python3 -m venv $fuzzer && $fuzzer/bin/pip install schemathesis")
    fi
  fi
fi

if [ ${#missing[@]} -gt 0 ]; then
  echo "setup: this machine lacks:" >&2
  printf '  %s\n' "${missing[@]}" >&2
  exit 1
fi
