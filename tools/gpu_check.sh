#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# gpu_check.sh [--build DIR] [--out DIR]: builds the tests and benches for a GPU, runs them, keeps the results.
#   --build DIR   where to build; build/gpu
#   --out DIR     where results go; bench/results/<gpu>
#   --bundle DIR  copies doctest's header from this machine to DIR and ends: unpacked as third_party/ in the
#                 root of a checkout it is found on a machine without it
# For a machine with nvcc, CMake, ninja and a GPU, but no Bazel and no packages. The architecture is the GPU's;
# CUDAARCHS=80 names another. Exit code 1: a test or bench failed; 2: something is missing, and what to do;
# 3: all was built, but there is no GPU.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

command_line="tools/gpu_check.sh $*"
build=build/gpu out="" bundle=""
say() { printf 'gpu_check: %s\n' "$*"; }
missing() { say "$*" >&2; exit 2; }

while [ $# -gt 0 ]; do
  case "$1" in
    --build | --out | --bundle)
      [ $# -ge 2 ] || missing "$1 needs a folder"
      case "$1" in
        --build) build=$2 ;;
        --out) out=$2 ;;
        --bundle) bundle=$2 ;;
      esac
      shift 2
      ;;
    *) missing "unknown: $1; the options stand in the head of this script" ;;
  esac
done

# The folder that has doctest/doctest.h.
doctest_folder() {
  local folder
  for folder in "${DOCTEST_INCLUDE_DIR:-}" third_party /usr/include /usr/local/include; do
    if [ -n "$folder" ] && [ -f "$folder/doctest/doctest.h" ]; then
      (cd "$folder" && pwd)
      return
    fi
  done
  return 1
}
doctest=$(doctest_folder) || missing "doctest/doctest.h is missing. Where it is installed (apt-get install" \
  "doctest-dev), run tools/gpu_check.sh --bundle third_party, and copy that folder to this checkout;" \
  "or set DOCTEST_INCLUDE_DIR to the folder with doctest/doctest.h."
if [ -n "$bundle" ]; then
  mkdir -p "$bundle/doctest"
  cp "$doctest/doctest/doctest.h" "$bundle/doctest/"
  say "$bundle/doctest/doctest.h, from $doctest"
  exit 0
fi

for home in "${CUDA_HOME:-}" /usr/local/cuda; do
  if [ -n "$home" ] && [ -x "$home/bin/nvcc" ]; then
    nvcc=$home/bin/nvcc
    break
  fi
done
nvcc=${nvcc:-$(command -v nvcc || true)}
[ -n "$nvcc" ] || missing "nvcc is missing: install the CUDA toolkit, or set CUDA_HOME to where it is"
for tool in cmake ninja python3; do
  command -v "$tool" >/dev/null || missing "$tool is missing"
done

# "NVIDIA H200, 9.0, 570.86.15", or nothing.
gpu=$(nvidia-smi --query-gpu=name,compute_cap,driver_version --format=csv,noheader 2>/dev/null | head -n 1) || gpu=""
architecture=${CUDAARCHS:-}
if [ -z "$architecture" ]; then
  capability=$(cut -d, -f2 <<<"$gpu" | tr -d ' .')
  architecture=${capability:-90}
  if [ "$architecture" -ge 90 ]; then architecture+=a; fi
fi

say "nvcc $("$nvcc" --version | sed -n 's/.*release \([0-9.]*\).*/\1/p'), sm_$architecture, ${gpu:-no GPU}"
cmake -S . -B "$build" -G Ninja -DCMAKE_CUDA_COMPILER="$nvcc" -DCMAKE_CUDA_ARCHITECTURES="$architecture" \
  -DDOCTEST_INCLUDE_DIR="$doctest" -DDEEPSEEK_BUILD_GPU=ON -DDEEPSEEK_BUILD_TESTS=OFF \
  -DDEEPSEEK_BUILD_BENCH=OFF -DDEEPSEEK_BUILD_EXAMPLES=OFF -DDEEPSEEK_INSTALL=OFF
cmake --build "$build" ${JOBS:+-j "$JOBS"}

if [ -z "$gpu" ]; then
  say "all is built in $build, but there is no GPU here, or no driver: nothing was run" >&2
  exit 3
fi
python3 tools/gpu_report.py --build "$build" --gpu "$gpu" --nvcc "$nvcc" --command "$command_line" ${out:+--out "$out"}
