#!/usr/bin/env bash
# What a header costs whoever includes it, in seconds of compiler time (g++, user + system, best of three):
#   parse   the whole time for a file with that one #include
#   above   what remains when the standard headers it pulls in are taken away
# and what a file that fits ALS costs, with and without emptor_add_instances. Budgets are those of docs/performance.md;
# what is over its budget is marked and makes the exit code 1.
#
# usage: cmake/compile_cost.sh [header ...]        (CXX names another compiler)
set -euo pipefail
cd "$(dirname "$0")/.."
CXX=${CXX:-g++}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
eigen=$(pkg-config --cflags-only-I eigen3 | sed 's/-I/-isystem /g')
flags="-std=c++20 -Iinclude $eigen"
over=0

# seconds <compiler arguments...>: least user + system time of three runs.
seconds() {
  local best="" TIMEFORMAT='%U %S' one
  "$CXX" $flags "$@" >/dev/null || exit 2 # what does not compile has no cost
  for _ in 1 2 3; do
    one=$({ time "$CXX" $flags "$@" >/dev/null; } 2>&1 | tail -n 1)
    one=$(awk '{print $1 + $2}' <<<"$one")
    if [ -z "$best" ] || awk "BEGIN{exit !($one < $best)}"; then best=$one; fi
  done
  printf '%s' "$best"
}

# row <name> <parse> <above> <judged> <budget>
row() {
  local mark=""
  if awk "BEGIN{exit !($4 > $5)}"; then
    mark=" over"
    over=1
  fi
  printf '%-44s %7s %7s %7s%s\n' "$1" "$2" "$3" "$5" "$mark"
}

printf '%-44s %7s %7s %7s\n' header parse above budget
headers=${*:-$(cd include && find emptor -name '*.hpp' | sort)}
for header in $headers; do
  printf '#include "%s"\n' "$header" >"$scratch/whole.cpp"
  # The <...> headers named by the emptor headers that this one reaches; Eigen counts as emptor's cost.
  "$CXX" $flags -MM "$scratch/whole.cpp" | tr -d '\\' | tr ' ' '\n' | { grep 'include/emptor/' || true; } |
    xargs -r grep -hoE '^ *# *include <[a-z_0-9/.]+>' | sort -u >"$scratch/std.cpp" || true
  parse=$(seconds -fsyntax-only "$scratch/whole.cpp")
  std=$(seconds -fsyntax-only "$scratch/std.cpp")
  above=$(awk "BEGIN{printf \"%.2f\", $parse - $std}")
  case $header in
    emptor/core/*) row "$header" "$parse" "$above" "$above" 0.3 ;;
    *) row "$header" "$parse" "$above" "$parse" 2.5 ;;
  esac
done

if [ $# -eq 0 ]; then
  cat >"$scratch/als.cpp" <<'EOF'
#include "emptor/recommend/als.hpp"
std::vector<emptor::Recommendation> serve(const emptor::Interactions& data) {
  return emptor::fit_als(data, {.factors = 64}).model.recommend(emptor::Customer{0}, 10);
}
EOF
  cost=$(seconds -O2 -c "$scratch/als.cpp" -o "$scratch/als.o")
  row "a file that fits ALS (-O2)" "$cost" "" "$cost" 12
  cost=$(seconds -O2 -DEMPTOR_HAS_INSTANCES -c "$scratch/als.cpp" -o "$scratch/als.o")
  row "the same with emptor_add_instances (-O2)" "$cost" "" "$cost" 3
fi
exit $over
