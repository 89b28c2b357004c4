#!/usr/bin/env bash
# check        build everything with all analyzers, warnings are errors; check layout, links, commands and generated parts of the pages
# format       lay the sources out as check wants them
# test         fast tests (no network, under a minute)
# integration  tests against real files, processes and foreign readers, and fast tests with more seeds
# soak         eight kinds of processes at one lake for ten minutes (or as many as follow), then 200 commands that are killed, and 1,000
#              rounds of disturbances of workers between a real Kafka and a lake (ADX_CHAOS_ROUNDS for another number)
# bench        benchmarks; what follows is passed on
# docs         write generated pages and the output of the README's examples anew, and check links and commands
# The last line of test and integration is "N passed, N failed[, N skipped]". What follows `test` and `integration` is passed to
# the test runner: ./build.sh test -class '*Cli*'
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
cd "$root"
prog=build.sh
# shellcheck source=build/prerequisites.sh
. "$root/build/prerequisites.sh"

usage() { sed -n '2,11s/^# \{0,1\}//p' "$root/build.sh" >&2; exit 2; }

prepare() {
  find_dotnet
  require_sdk
}

require_formatter() { quietly 'fetching the formatter' "$dotnet" tool restore || exit 1; }

reports=() status=0

# run_tests project [runner arguments…]: builds and runs.
run_tests() {
  quietly "building $1" build_project "tests/$1" || exit 1
  run_built artifacts "$@"
}

# run_built folder project [runner arguments…]: runs tests that were built into a folder. Progress goes to standard error, failures to
# standard output as they happen; adds to reports, and sets status if a test failed.
run_built() {
  local folder="$1" project="$2"
  shift 2
  run_file "$folder/bin/$project/release/$project.dll" "$project" "$@"
}

# run_file program project [runner arguments…]: the same of a program.
run_file() {
  local program="$1" project="$2" ended=0 report
  shift 2
  report="artifacts/test-results/$project.xml"
  mkdir -p artifacts/test-results
  rm -f "$report"
  # The runner resets colours that it was told not to use.
  "$dotnet" "$program" \
    -noColor -noAutoReporters -reporter progress -xml "$report" "$@" | sed -u $'s/\x1b\\[[0-9;]*m//g; /^$/d' || ended=$?
  [ -f "$report" ] || fail "$project ended with $ended and left no report" "$((ended == 0 ? 1 : ended))"
  reports+=("$report")
  [ "$ended" -eq 0 ] || status="$ended"
}

# Fast tests keep their files in memory where there is room for them: a quarter of their time is waiting for a disk. Tests of what is
# durable are integration tests.
files_in_memory() {
  local free
  free="$(df -Pk /dev/shm 2> /dev/null | awk 'NR == 2 { print $4 }')"
  [ "${free:-0}" -ge 4000000 ] || return 0
  in_memory="$(mktemp -d /dev/shm/adx-tests-XXXXXX)" || return 0
  trap 'rm -rf "$in_memory"' EXIT
  export TMPDIR="$in_memory"
}

# Ends with one line of counts: the sums of all reports. An error outside of any test (a fixture, a crash) counts as failed; tests that
# are left to the other suite do not count. No test at all, as with a filter that fits none, is a failure.
finish() {
  awk '
    function attribute(name) { return match($0, " " name "=\"[0-9]+\"") ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4) + 0 : 0 }
    /<assembly / { passed += attribute("passed"); failed += attribute("failed") + attribute("errors"); skipped += attribute("skipped") }
    END {
      printf "%d passed, %d failed%s\n", passed, failed, skipped ? ", " skipped " skipped" : ""
      exit passed + failed + skipped == 0
    }' "${reports[@]}" || status=1
  exit "$status"
}

# has_server variable name: whether the tests find a real server: by the variable, or its archive beside the repository.
has_server() {
  local folder="$root"
  [ -n "${!1:-}" ] && return 0
  while [ "$folder" != / ]; do
    folder="$(dirname "$folder")"
    [ -f "$folder/shared/runtimes/$2.tar.xz" ] && return 0
  done
  return 1
}

# require_run variable name: fails where there is the server, and a test was skipped as if there were none: its reason names the variable.
require_run() {
  has_server "$1" "$2" || return 0
  grep -q "<reason>.*$1" "${reports[@]}" || return 0
  printf '%s: %s is there, and tests with it were skipped\n' "$prog" "$2" >&2
  status=1
}

require_servers_run() {
  require_run ADX_KAFKA_HOME kafka
  require_run ADX_SPARK_HOME spark
}

# show_kills: how often the processes of a soak were killed at each step.
show_kills() { grep -hoE '[0-9]+ (rounds from seed|of [0-9]+ killed)[^]<]*' "${reports[@]}" || true; }

command="${1:-}"
[ $# -gt 0 ] && shift
case "$command" in
  check)
    prepare
    require_formatter
    # Layout, without comments and texts: those are measured by a test.
    quietly 'checking the layout' "$dotnet" csharpier check . || fail 'check: the layout differs: ./build.sh format'
    # Into a folder of its own: what a plain build left would pass for checked.
    quietly 'building everything with analyzers' build_project AdvertiseX.slnx -p:Check=true -p:ArtifactsPath="$root/artifacts/check/" || exit 1
    run_built artifacts/check AdvertiseX.Tests -class '*DocsTests' -class '*ArchitectureTests' -class '*PublicSurfaceTests' -class '*LayoutTests'
    [ "$status" -eq 0 ] || fail 'check: pages, rooms or the public surface are not as they say'
    echo 'check: no warnings'
    ;;
  format)
    prepare
    require_formatter
    "$dotnet" csharpier format .
    ;;
  test)
    prepare
    files_in_memory
    run_tests AdvertiseX.Tests "$@"
    finish
    ;;
  integration)
    prepare
    run_tests AdvertiseX.Tests -explicit only "$@"
    run_tests AdvertiseX.IntegrationTests "$@"
    require_servers_run
    finish
    ;;
  soak)
    prepare
    export ADX_SOAK_MINUTES="${1:-10}" ADX_KILL_ROUNDS=200 ADX_CHAOS_ROUNDS="${ADX_CHAOS_ROUNDS:-1000}"
    quietly 'building AdvertiseX.IntegrationTests' build_project tests/AdvertiseX.IntegrationTests || exit 1
    # Thousands of workers start.
    precompile AdvertiseX.IntegrationTests
    run_file "$(program_of AdvertiseX.IntegrationTests AdvertiseX.IntegrationTests)" AdvertiseX.IntegrationTests \
      -class '*ManyProcessesTests' -class '*KillTests' -class '*StreamChaosTests'
    show_kills
    require_servers_run
    finish
    ;;
  bench)
    prepare
    quietly 'building the benchmarks' build_project bench/AdvertiseX.Bench
    precompile AdvertiseX.Bench
    exec "$dotnet" "$(program_of AdvertiseX.Bench AdvertiseX.Bench)" "$@"
    ;;
  docs)
    prepare
    export ADX_WRITE_DOCS=1
    run_tests AdvertiseX.Tests -class '*DocsTests' -class '*PublicSurfaceTests'
    run_tests AdvertiseX.IntegrationTests -class '*ReadmeTests' -class '*ModelsPageTests'
    finish
    ;;
  *)
    usage
    ;;
esac
