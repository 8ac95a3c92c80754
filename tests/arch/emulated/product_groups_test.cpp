// SPDX-License-Identifier: Apache-2.0
/// @file product_groups: what a group reads is not to be written before it has ended; mistakes inside kernels
/// are in ../gpu/wgmma_test.cpp.
#include <deepseek/arch/emulated/product_groups.hpp>

#include <doctest/doctest.h>

#include "one_cluster.hpp"

namespace emulated = deepseek::arch::emulated;
using deepseek::test::fault_in;

TEST_CASE("product_groups: groups end from the oldest on, and what they have read is free then") {
  deepseek::test::one_cluster cluster;
  emulated::product_groups products{cluster.parts, 0};
  auto& memory = cluster.parts.memory(0);
  for (int i = 0; i < 3; ++i) memory.write(cluster.order, 0, cluster.at(0, 16 * i), 16);
  cluster.order.fence(0);
  CHECK(products.state().open == 1);
  CHECK(products.state().ended == 0);
  for (int i = 0; i < 3; ++i) {
    products.read(cluster.at(0, 16 * i), 16);
    products.commit();
  }
  auto const writable = [&](int i) {
    return memory.write(cluster.order, 0, cluster.at(0, 16 * i), 16).what ==
           emulated::shared_memory::mistake::none;
  };
  products.wait(3);
  CHECK(products.state().ended == 0);
  CHECK_FALSE(writable(0));
  products.wait(1);
  CHECK(products.state().ended == 2);
  CHECK(writable(0));
  CHECK(writable(1));
  CHECK_FALSE(writable(2));
  products.wait(2);  // has been waited for already
  CHECK(products.state().ended == 2);
  products.wait(0);
  CHECK(products.state().ended == 3);
  CHECK(products.state().open == 4);
  CHECK(writable(2));
}

TEST_CASE("product_groups: what is read must be written, fenced and inside") {
  deepseek::test::one_cluster cluster;
  emulated::product_groups products{cluster.parts, 1};
  CHECK(fault_in([&] { products.read(cluster.at(0, 0), 16); })
            .find("[DS-EMULATED-SHARED-UNDEFINED] probe: thread 1 of block (0, 0, 0) multiplies 16 "
                  "bytes at byte 0") == 0);
  CHECK(fault_in([&] { products.read(cluster.at(0, 256), 16); }).find("which has 256") !=
        std::string::npos);
  cluster.parts.memory(0).write(cluster.order, 1, cluster.at(0, 0), 16);
  CHECK(fault_in([&] { products.read(cluster.at(0, 0), 16); }).find("[DS-EMULATED-FENCE]") == 0);
  cluster.order.fence(1);
  CHECK(fault_in([&] { products.read(cluster.at(0, 0), 16); }) == "");
}
