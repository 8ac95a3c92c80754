// SPDX-License-Identifier: Apache-2.0
/// @file Laws of the CUDA rules in bazel/rules_cuda; needs a toolkit to build and no GPU to run.
#include <doctest/doctest.h>

#include <probe.hpp>

TEST_CASE("archs: of the target, before those of the command line") {
  CHECK(ask_probe().architectures == "800,900");
}

TEST_CASE("copts, host_copts, defines and local_defines reach the compiler") {
  CHECK(ask_probe().define == 1);
  CHECK(ask_probe().local_define == 2);
  CHECK(ask_probe().device_option == 3);
  CHECK(ask_probe().host_option == 4);
}

TEST_CASE("defines are for CUDA dependents, not for C++ ones") {
#ifdef PROBE_DEFINE
  CHECK(false);
#endif
#ifdef PROBE_LOCAL_DEFINE
  CHECK(false);
#endif
}

TEST_CASE("cub and thrust come with the toolkit") {
  CHECK(ask_probe().cub_version >= 200000);
  CHECK(ask_probe().thrust_version >= 200000);
}
