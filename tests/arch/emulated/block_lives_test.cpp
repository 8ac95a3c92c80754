// SPDX-License-Identifier: Apache-2.0
/// @file block_lives: when a block's shared memory is there for others.
#include <deepseek/arch/emulated/block_lives.hpp>

#include <doctest/doctest.h>

#include <string>

namespace {

namespace emulated = deepseek::arch::emulated;

struct two_blocks_of_two {
  emulated::cluster_places places{{2, 0, {2, 1, 1}}, {2, 1, 1}, {0, 0, 0}, "probe"};
  emulated::happens_before order{4};
  emulated::block_lives lives{places, order};
};
template <class F> std::string fault_of(F const& f) {
  try {
    f();
  } catch (deepseek::kernel_fault const& fault) {
    return fault.what();
  }
  return "";
}

}  // namespace

TEST_CASE("a block is there for those who have seen one of its threads, and stays for them") {
  two_blocks_of_two c;
  CHECK(
      fault_of([&] { c.lives.touch(0, 1); }) ==
      "[DS-EMULATED-CLUSTER] probe: thread 0 of block (0, 0, 0) uses shared memory of block (1, 0, "
      "0), which may not have begun. Fix: sync_cluster() before the first access.");
  c.order.meet({0, 3});
  CHECK(fault_of([&] { c.lives.touch(0, 1); }) == "");
  CHECK(fault_of([&] { c.lives.touch(1, 1); }).find("may not have begun") != std::string::npos);
  c.order.meet({0, 2});
  c.lives.leave(2);
  CHECK(fault_of([&] { c.lives.leave(3); }) == "");  // thread 2 has seen the access
}

TEST_CASE("fault: a block that ends without having seen an access, or has ended before it") {
  two_blocks_of_two c;
  c.order.meet({0, 3});
  c.lives.touch(0, 1);
  c.lives.leave(2);
  CHECK(
      fault_of([&] { c.lives.leave(3); }) ==
      "[DS-EMULATED-CLUSTER] probe: thread 0 of block (0, 0, 0) uses shared memory of block (1, 0, "
      "0), which may have ended. Fix: sync_cluster() after the last access.");
  CHECK(fault_of([&] { c.lives.touch(0, 1); }).find("which has ended. Fix") != std::string::npos);
}

TEST_CASE("fault: a block that ends while a copy engine may use its memory") {
  two_blocks_of_two c;
  int const engine = c.order.add_source();
  c.lives.use(2, 1, engine, 4);
  c.order.learn(3, engine, 3);
  c.lives.leave(3);
  CHECK(
      fault_of([&] { c.lives.leave(2); }) ==
      "[DS-EMULATED-CLUSTER] probe: thread 0 of block (1, 0, 0) uses shared memory of block (1, 0, "
      "0) by a bulk copy or a product, which nobody waits for before the block ends. Fix: wait(), "
      "wait_bulk_read() or wgmma_wait().");
  two_blocks_of_two d;
  int const other = d.order.add_source();
  d.lives.use(2, 1, other, 4);
  d.order.learn(3, other, 4);
  d.lives.leave(3);
  CHECK(fault_of([&] { d.lives.leave(2); }) == "");
  CHECK(fault_of([&] { d.lives.use(0, 1, other, 5); }).find("may not have begun") !=
        std::string::npos);
}
