#!/usr/bin/env bash
# check        build everything, warnings are errors
# test         fast tests (no network, under a minute)
# integration  tests against real files, processes and foreign readers
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

usage() { sed -n '2,8s/^# \{0,1\}//p' "$root/build.sh" >&2; exit 2; }

prepare() {
  find_dotnet
  require_sdk
}

# run_tests project [runner arguments…]: builds, runs, prints failures and one line of counts.
run_tests() {
  local project="$1" report status=0
  shift
  quietly "building $project" build_project "tests/$project" || exit 1
  mkdir -p artifacts/test-results
  report="artifacts/test-results/$project.xml"
  rm -f "$report"
  # The runner resets colours that it was told not to use.
  "$dotnet" "artifacts/bin/$project/release/$project.dll" \
    -noLogo -noColor -noAutoReporters -reporter quiet -xml "$report" "$@" 2>&1 | sed $'s/\x1b\\[[0-9;]*m//g; /^$/d' || status=$?
  [ -f "$report" ] || fail "$project ended with $status and left no report" "$((status == 0 ? 1 : status))"
  count_tests "$report" || exit 1
  return "$status"
}

# Sums the counters of a report; an error outside of any test (a fixture, a crash) counts as failed.
count_tests() {
  awk '
    function attribute(name) { return match($0, " " name "=\"[0-9]+\"") ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4) + 0 : 0 }
    /<assembly / { passed += attribute("passed"); failed += attribute("failed") + attribute("errors")
                   skipped += attribute("skipped") + attribute("not-run"); seen++ }
    END {
      if (!seen) exit 1
      printf "%d passed, %d failed%s\n", passed, failed, skipped ? ", " skipped " skipped" : ""
    }' "$1"
}

command="${1:-}"
[ $# -gt 0 ] && shift
case "$command" in
  check)
    prepare
    quietly 'building everything with analyzers' build_project AdvertiseX.slnx -p:Check=true
    echo 'check: no warnings'
    ;;
  test)
    prepare
    run_tests AdvertiseX.Tests "$@"
    ;;
  integration)
    prepare
    run_tests AdvertiseX.IntegrationTests "$@"
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
    run_tests AdvertiseX.Tests -class '*DocsTests'
    run_tests AdvertiseX.IntegrationTests -class '*ReadmeTests' -class '*ModelsPageTests'
    ;;
  *)
    usage
    ;;
esac
