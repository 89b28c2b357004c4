#!/usr/bin/env bash
# Puts DuckDB's native library for this platform into artifacts/native/, where `dotnet build` picks it up.
# It comes from npm's @duckdb/node-bindings-<platform>; a copy is kept in a cache so that a second clone downloads nothing.
#   ADX_NATIVE_CACHE   folder of the cache (default ${XDG_CACHE_HOME:-~/.cache}/advertisex)
set -euo pipefail

version='1.5.5-r.5'
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
target="$root/artifacts/native"

fail() { printf 'fetch-native: %s\n' "$1" >&2; exit 1; }

case "$(uname -s)-$(uname -m)" in
  Linux-x86_64)              platform=linux-x64;    library=libduckdb.so ;;
  Linux-aarch64|Linux-arm64) platform=linux-arm64;  library=libduckdb.so ;;
  Darwin-arm64)              platform=darwin-arm64; library=libduckdb.dylib ;;
  *) fail "no DuckDB library is known for $(uname -s) $(uname -m); set ADX_DUCKDB_LIB to the full path of a libduckdb ${version%%-*}" ;;
esac

marker="duckdb $version $platform"
is_there() { [ -s "$1/$library" ] && [ "$(cat "$1/libduckdb.version" 2>/dev/null)" = "$marker" ]; }

is_there "$target" && exit 0

cache="${ADX_NATIVE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/advertisex}/duckdb-$version-$platform"

# A finished copy goes to its place by rename, the marker last: a script that was stopped half way leaves nothing that passes.
place() {
  mkdir -p "$2"
  cp "$1/$library" "$2/$library.$$"
  mv -f "$2/$library.$$" "$2/$library"
  printf '%s\n' "$marker" > "$2/libduckdb.version.$$"
  mv -f "$2/libduckdb.version.$$" "$2/libduckdb.version"
}

if ! is_there "$cache"; then
  command -v npm > /dev/null ||
    fail "npm is needed to download DuckDB's library: install Node.js, or set ADX_DUCKDB_LIB to the full path of a libduckdb ${version%%-*}"
  work="$(mktemp -d)"
  trap 'rm -rf "$work"' EXIT
  package="@duckdb/node-bindings-$platform@$version"
  printf 'fetch-native: downloading %s\n' "$package" >&2
  (cd "$work" && npm pack --silent --no-audit --no-fund --no-update-notifier "$package" > /dev/null) ||
    fail "npm could not download $package; is a registry reachable (npm ping)?"
  tar -xzf "$work"/*.tgz -C "$work" "package/$library" || fail "$package holds no package/$library"
  place "$work/package" "$cache"
fi

place "$cache" "$target"
printf 'fetch-native: %s is in artifacts/native/\n' "$marker" >&2
