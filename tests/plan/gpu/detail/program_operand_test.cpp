// SPDX-License-Identifier: Apache-2.0
/// @file lowered_operand: along which axis its elements are computed together, when they can be, and what
/// it reads.
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/cast.hpp>
#include <deepseek/ops/permute.hpp>
#include <deepseek/plan/gpu/detail/program_operand.hpp>
#include <deepseek/tensor/tensor.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

namespace {
namespace ds = deepseek;
using ds::bf16;
using ds::dims;
using ds::dyn;
using matrix = ds::tensor<bf16, dims<dyn, dyn>>;

template <bool Left, class T = bf16, class E>
auto lowered(E const& e, std::int64_t rows, std::int64_t k) {
  std::int64_t const extent[ds::max_rank] = {Left ? rows : k, Left ? k : rows};
  return ds::plan::gpu::lowered_operand<E, 2, T, Left>{e, extent};
}

TEST_CASE("neighbours are those of the operands in memory; of single bytes along k") {
  matrix const x(24, 16);
  ds::tensor<float, dims<dyn>> const row(16);
  auto const maps = x * 2.f + row;
  using Maps = std::remove_cvref_t<decltype(maps)>;
  using Turned = std::remove_cvref_t<decltype(ds::transpose(x * 2.f))>;
  using ds::plan::gpu::lowered_operand;
  static_assert(lowered_operand<Maps, 2, bf16, true>::along_k);
  static_assert(!lowered_operand<Maps, 2, bf16, false>::along_k);
  static_assert(lowered_operand<Turned, 2, bf16, false>::along_k);
  static_assert(!lowered_operand<Turned, 2, bf16, true>::along_k);
  static_assert(lowered_operand<Maps, 2, std::int8_t, false>::along_k);
}

TEST_CASE(
    "chunks of 16 bytes together: where every operand has them, and the lanes are whole chunks") {
  matrix const x(24, 16), odd(24, 15);
  CHECK(lowered<true>(x * 2.f, 24, 16).wide());
  CHECK(!lowered<true>(odd * 2.f, 24, 15).wide());
  CHECK(lowered<false>(x * 2.f, 16, 24).wide());
  using View = ds::view<bf16 const, dims<dyn, dyn>, ds::strided<2>>;
  View const shifted{x.data() + 1, dims<dyn, dyn>{8, 8}, {{16, 1}}};
  View const columns{x.data(), dims<dyn, dyn>{8, 8}, {{1, 16}}};
  CHECK(!lowered<true>(shifted * 2.f, 8, 8).wide());
  CHECK(!lowered<true>(columns * 2.f, 8, 8).wide());
}

TEST_CASE("it reads the memory of all of its operands") {
  matrix const x(4, 16);
  ds::tensor<float, dims<dyn, dyn>> const scale(4, 1);
  auto const operand = lowered<true>(x * scale, 4, 16);
  std::vector<std::uintptr_t> sizes;
  operand.visit_memory([&](ds::plan::address_range const& r) { sizes.push_back(r.end - r.begin); });
  CHECK(sizes == std::vector<std::uintptr_t>{64 * 2, 4 * 4});
}
}  // namespace
