// SPDX-License-Identifier: Apache-2.0
/// @file Laws of the vector width.
#include <deepseek/arch/cpu/intrinsics.hpp>
#include <deepseek/arch/cpu/pack.hpp>
#include <doctest/doctest.h>

#include <new>

namespace arch = deepseek::arch;

TEST_CASE("vector_bytes: it is what the compiler was told the processor has") {
#if defined(__AVX512F__)
  CHECK(arch::vector_bytes == 64);
#elif defined(__AVX__)
  CHECK(arch::vector_bytes == 32);
#else
  CHECK(arch::vector_bytes == 16);
#endif
}

TEST_CASE("vector_bytes: a full pack is as large and as aligned as a register") {
  using full = arch::pack<float, arch::vector_bytes / 4>;
  static_assert(sizeof(full) == arch::vector_bytes && alignof(full) == arch::vector_bytes);
  // A wider pack must not ask for more alignment than memory from `new` and the stack has anyway.
  static_assert(alignof(arch::pack<float, arch::vector_bytes / 2>) == 16);
  static_assert(sizeof(arch::pack<float, arch::vector_bytes / 2>) == 2 * arch::vector_bytes);
}
