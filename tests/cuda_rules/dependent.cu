// SPDX-License-Identifier: Apache-2.0
/// @file A program of nvcc's on a library of nvcc's.
#include <probe.hpp>

static_assert(PROBE_DEFINE == 1);

int main() { return ask_probe().define == 1 ? 0 : 1; }
