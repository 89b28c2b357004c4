# Sourced by adx and build.sh: finds the .NET SDK, builds without noise, precompiles.
# Expects: root (the repository's folder), prog (name in messages). Sets: dotnet.

fail() { printf '%s: %s\n' "$prog" "$1" >&2; exit "${2:-1}"; }

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

find_dotnet() {
  local candidate
  for candidate in "${DOTNET_ROOT:+$DOTNET_ROOT/dotnet}" "$(command -v dotnet || true)" "$HOME/.dotnet/dotnet"; do
    [ -n "$candidate" ] && [ -x "$candidate" ] && { dotnet="$candidate"; return 0; }
  done
  fail 'the .NET 10 SDK is needed and no dotnet was found: see https://dotnet.microsoft.com/download/dotnet/10.0'
}

require_sdk() {
  "$dotnet" --list-sdks 2> /dev/null | grep -q '^10\.' && return 0
  fail "the .NET 10 SDK is needed; $dotnet has: $("$dotnet" --list-sdks 2> /dev/null | cut -d' ' -f1 | tr '\n' ' ')
See https://dotnet.microsoft.com/download/dotnet/10.0"
}

# quietly "what it does" command…: no output while all goes well and fast, one line once it takes over three seconds, and the
# command's errors when it fails.
quietly() {
  local what="$1" log status=0 note
  shift
  mkdir -p "$root/artifacts"
  log="$(mktemp "$root/artifacts/log.XXXXXX")"
  # The sleep must not hold our output open after us: a pipe's reader would wait for it.
  ( sleep 3 > /dev/null 2>&1; printf '%s: %s …\n' "$prog" "$what" >&2 ) > /dev/null &
  note=$!
  "$@" > "$log" 2>&1 || status=$?
  kill "$note" 2> /dev/null || true
  wait "$note" 2> /dev/null || true
  if [ "$status" -ne 0 ]; then
    # One error is often reported once for each project that meets it.
    { grep -E 'error' "$log" | sed 's/ \[[^]]*\]$//' | awk '!seen[$0]++' | head -n 40 | grep . || tail -n 40 "$log"; } >&2
    printf '%s: %s failed\n' "$prog" "$what" >&2
  fi
  rm -f "$log"
  return "$status"
}

build_project() { # project [msbuild arguments…]
  "$dotnet" build "$@" --configuration Release --verbosity quiet --nologo
}

# precompile program: machine code for this processor beside the IL, for a quicker start (docs/decisions/008). Its compiler is a NuGet
# package that a mirror may lack: then the program runs as it was built, and a day later it is tried again.
precompile() {
  local missing="$root/artifacts/precompile.missing" limit=()
  [ -n "$(find "$missing" -mtime -1 2> /dev/null)" ] && return
  command -v timeout > /dev/null && limit=(timeout 120)
  if ${limit[@]+"${limit[@]}"} "$dotnet" msbuild "$root/build/precompile.proj" -restore -t:Precompile -p:Program="$1" -verbosity:quiet -nologo \
    > "$root/artifacts/precompile.log" 2>&1; then
    rm -f "$missing"
  else
    rm -rf "$root/artifacts/precompiled"
    touch "$missing"
    printf '%s: not precompiled, so each start takes a little longer (artifacts/precompile.log)\n' "$prog" >&2
  fi
}

# program_of project assembly: the file to run.
program_of() {
  local program="$root/artifacts/precompiled/$1/$2.dll"
  [ -f "$program" ] || program="$root/artifacts/bin/$1/release/$2.dll"
  printf '%s\n' "$program"
}
