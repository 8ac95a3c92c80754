// SPDX-License-Identifier: Apache-2.0
/// @file one_cluster: the parts of a cluster without a kernel, for tests of the machine's own parts.
#pragma once
#include <deepseek/arch/emulated/cluster_parts.hpp>

#include <memory>
#include <string>
#include <vector>

namespace deepseek::test {

/// one_cluster: two blocks of two threads with 256 bytes of shared memory each; none of them runs.
struct one_cluster {
  arch::emulated::global_memory operands;
  arch::emulated::cluster_places places{{2, 256, {2, 1, 1}}, {2, 1, 1}, {0, 0, 0}, "probe"};
  arch::emulated::happens_before order{4};
  arch::emulated::stack_turns turns{0, {}, {}};
  arch::emulated::meetings meetings{places, turns, order};
  arch::emulated::phase_barriers phases{places, turns, order};
  arch::emulated::cluster_barrier of_cluster{places, turns, order};
  arch::emulated::block_lives lives{places, order};
  std::vector<std::unique_ptr<arch::emulated::shared_memory>> shared;
  arch::emulated::cluster_parts parts{places, operands,   order, meetings,
                                      phases, of_cluster, lives, shared};
  one_cluster() {
    for (int rank = 0; rank < 2; ++rank)
      shared.push_back(std::make_unique<arch::emulated::shared_memory>(256));
  }
  [[nodiscard]] unsigned char* at(int rank, int offset) const {
    return static_cast<unsigned char*>(parts.memory(rank).data()) + offset;
  }
};

/// fault_in(f): the text of the kernel_fault that f ends with; empty if it ends well.
template <class F> std::string fault_in(F const& f) {
  try {
    f();
  } catch (kernel_fault const& fault) {
    return fault.what();
  }
  return "";
}

}  // namespace deepseek::test
