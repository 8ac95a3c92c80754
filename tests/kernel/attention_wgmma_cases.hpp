// SPDX-License-Identifier: Apache-2.0
/// @file attention_wgmma with its tensor maps, as check_attention makes kernels.
#pragma once
#include <deepseek/kernel/attention_wgmma.hpp>

#include "attention_cases.hpp"

namespace deepseek::test {

template <class T, class Operands, class Score, kernel::attention_wgmma_config Config>
struct mapped_attention : kernel::attention_wgmma<T, Operands, Score, Config> {
  using base = kernel::attention_wgmma<T, Operands, Score, Config>;
  mapped_attention(Operands const& of, kernel::attention_blocks const& blocks,
                   kernel::attention_parts const& parts, Score const& score)
      : base{map<typename base::query_tile::panel>(kernel::query_matrices(of, blocks.packed)),
             map<typename base::key_tile::panel>(kernel::key_matrices(of)),
             map<typename base::value_tile::block>(kernel::value_matrices(of)),
             of,
             blocks,
             parts,
             score} {
    REQUIRE(kernel::copies_read(of, blocks.packed));
  }

 private:
  template <class Operand, class Matrices> static arch::gpu::tensor_map map(Matrices const& m) {
    auto const of = Operand::description(m);
    REQUIRE(arch::gpu::tensor_fault(of).empty());
    return arch::gpu::described(of);
  }
};

}  // namespace deepseek::test
