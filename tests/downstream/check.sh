#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# check.sh WAY...: builds and runs a tiny project that uses the library in this way.
# Ways: add_subdirectory FetchContent find_package pkg_config bazel; none named: all.
set -euo pipefail
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
root=$(dirname "$(dirname "$here")")
work=$(mktemp -d "${TEST_TMPDIR:-/tmp}/downstream.XXXXXX")
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
export HOME="${HOME:-$work}"

# quietly COMMAND...: its output only when it fails.
quietly() { "$@" >"$work/log" 2>&1 || { echo "failed: $*"; cat "$work/log"; exit 1; }; }

cmake_project() {  # WAY OPTIONS...
  local way=$1
  shift
  quietly cmake -S "$here" -B "$work/$way" -DWAY="$way" -DDEEPSEEK="$root" "$@"
  quietly cmake --build "$work/$way"
  "$work/$way/downstream"
}

install_library() {
  quietly cmake -S "$root" -B "$work/library" -DCMAKE_INSTALL_PREFIX="$work/installed" \
    -DDEEPSEEK_BUILD_TESTS=OFF -DDEEPSEEK_BUILD_BENCH=OFF -DDEEPSEEK_BUILD_EXAMPLES=OFF
  quietly cmake --install "$work/library"
}

add_subdirectory() { cmake_project add_subdirectory; }

FetchContent() { cmake_project FetchContent -DFETCHCONTENT_FULLY_DISCONNECTED=ON; }

find_package() {
  install_library
  cmake_project find_package -DDEEPSEEK=nowhere -DCMAKE_PREFIX_PATH="$work/installed"
}

pkg_config() {
  install_library
  local flags
  flags=$(PKG_CONFIG_PATH=$(dirname "$(find "$work/installed" -name deepseek.pc)") \
    pkg-config --cflags --libs deepseek)
  # shellcheck disable=SC2086  # a list of flags
  quietly g++ "$here/main.cpp" $flags -o "$work/by_hand"
  "$work/by_hand"
}

bazel() {
  mkdir "$work/bazel"
  cp "$here/main.cpp" "$work/bazel/"
  cat >"$work/bazel/WORKSPACE" <<EOF
local_repository(
    name = "deepseek",
    path = "$root",
)

load("@deepseek//bazel:dependencies.bzl", "deepseek_dependencies")

deepseek_dependencies()
EOF
  # Bazel 7 and later read these two instead.
  touch "$work/bazel/WORKSPACE.bzlmod"
  cat >"$work/bazel/MODULE.bazel" <<EOF
bazel_dep(name = "rules_cc", version = "0.2.14")
bazel_dep(name = "deepseek", version = "0.1.0")
local_path_override(module_name = "deepseek", path = "$root")
EOF
  cat >"$work/bazel/BUILD" <<EOF
load("@rules_cc//cc:defs.bzl", "cc_binary")

cc_binary(
    name = "downstream",
    srcs = ["main.cpp"],
    copts = ["-std=c++20"],
    deps = ["@deepseek//:deepseek"],
)
EOF
  cd "$work/bazel"
  local start=(command bazel --output_user_root="$work/output" --max_idle_secs=1)
  quietly "${start[@]}" build //:downstream
  bazel-bin/downstream
  quietly "${start[@]}" shutdown
  cd "$root"
}

ways=("$@")
if [ ${#ways[@]} -eq 0 ]; then
  ways=(add_subdirectory FetchContent find_package pkg_config bazel)
fi
for way in "${ways[@]}"; do
  printf '%s: ' "$way"
  "$way"
done
