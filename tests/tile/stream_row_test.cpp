// SPDX-License-Identifier: Apache-2.0
/// @file stream_row: every element once, at every address, by the threads of a block or of several.
#include <deepseek/arch/gpu/thread.hpp>
#include <deepseek/base/dtype.hpp>
#include <deepseek/tile/stream_row.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

#include "../arch/emulated/run_block.hpp"

namespace gpu = deepseek::arch::gpu;
namespace tile = deepseek::tile;
using deepseek::test::fault_of;

namespace {

template <class T, class Index> void every_element_once(Index begin, Index end, int sharers) {
  CAPTURE(begin);
  CAPTURE(end);
  std::vector<T> row(static_cast<std::size_t>(end) + 40);
  for (std::size_t i = 0; i < row.size(); ++i) row[i] = static_cast<T>(static_cast<int>(i % 100));
  deepseek::arch::emulated::global_memory memory;
  memory.add({row.data() + begin, static_cast<std::size_t>(end - begin) * sizeof(T), false, "row"});
  std::vector<int> seen(row.size());
  int wrong = 0;
  for (int sharer = 0; sharer < sharers; ++sharer)
    CHECK(fault_of(32, memory, [&](auto&) {
            tile::stream_row(row.data(), begin, end, sharer * 32 + gpu::thread_rank(), sharers * 32,
                             [&](T value, Index i) {
                               ++seen[static_cast<std::size_t>(i)];
                               wrong += value == row[static_cast<std::size_t>(i)] ? 0 : 1;
                             });
          }) == "");
  for (Index i = 0; i < static_cast<Index>(seen.size()); ++i)
    wrong += seen[static_cast<std::size_t>(i)] == (i >= begin && i < end ? 1 : 0) ? 0 : 1;
  CHECK(wrong == 0);
}

}  // namespace

TEST_CASE_TEMPLATE("parts of rows: every begin within 16 bytes, short, long, empty", T, double,
                   float, deepseek::f16, std::uint8_t, std::int64_t) {
  for (int begin = 0; begin < 17; ++begin)
    for (int const length : {0, 1, 2, 3, 15, 16, 17, 100, 1000, 2050})
      every_element_once<T>(begin, begin + length, 1);
  every_element_once<T, std::int64_t>(3, 10000, 3);
}
