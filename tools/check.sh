#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# check.sh [--fix] [CHECK...]: everything about the sources that is no test; none named: all of them.
#   --install   installs what the checks need and ends
#   --fix       formats the sources first
# Ends with "N passed, N failed".
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# The C++ files that clang-format is for: a table is as the script that it names wrote it.
sources() {
  git ls-files -z --cached --others --exclude-standard -- '*.hpp' '*.cuh' '*.cpp' '*.cu' |
    { xargs -0 grep -LZiE '(generated|made|written) by [^ ]+\.py' || true; }
}

format() { sources | xargs -0 -n 1 clang-format --dry-run -Werror --ferror-limit=1; }
layers() { python3 tools/check_layers.py; }
files() { python3 tools/check_files.py; }
docs() { python3 tools/check_docs.py; }
scripts() {
  local file status=0
  while IFS= read -r -d '' file; do bash -n "$file" || status=1; done \
    < <(git ls-files -z -- '*.sh' bazelw .ci/run)
  python3 -m unittest -q tools/test_checks.py || status=1
  return $status
}
headers_gcc() { python3 tools/check_headers.py g++; }
headers_clang() { python3 tools/check_headers.py clang++; }
headers_nvcc() { python3 tools/check_headers.py nvcc; }
compile_fail() { python3 tools/check_compile_fail.py; }
include_cost() { python3 tools/include_cost.py; }
resources() { python3 tools/check_resources.py; }

checks=(format layers files docs scripts headers_gcc headers_clang headers_nvcc compile_fail include_cost
  resources)

if [ "${1:-}" = "--install" ]; then
  ./bazelw --install git=git clang++=clang clang-format=clang-format
  exec python3 tools/check_resources.py --install
fi
if [ "${1:-}" = "--fix" ]; then
  shift
  sources | xargs -0 clang-format -i
fi
if [ $# -gt 0 ]; then checks=("$@"); fi

passed=0 failed=0
for check in "${checks[@]}"; do
  SECONDS=0 status=0
  "$check" || status=$?
  case $status in
    0) passed=$((passed + 1)) result="passed" ;;
    77) result="skipped" ;;
    *) failed=$((failed + 1)) result="FAILED" ;;
  esac
  printf -- '-- %s %s (%d s)\n' "$check" "$result" "$SECONDS"
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
