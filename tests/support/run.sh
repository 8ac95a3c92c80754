#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# run.sh PROGRAM ARGUMENTS...: runs it in an empty folder; its exit code is the test's result.
set -euo pipefail
program="$PWD/$1"
shift
cd "$(mktemp -d "${TEST_TMPDIR:-/tmp}/run.XXXXXX")"
exec "$program" "$@"
