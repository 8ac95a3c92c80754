// SPDX-License-Identifier: Apache-2.0
/// @file cache.append(k, v) on the host: what is stored where, and that an error leaves the cache alone.
#include <deepseek/exec/host_cache.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/permute.hpp>

#include "exact_tensors.hpp"

#include <doctest/doctest.h>

#include <string>

namespace ds = deepseek;
using ds::dims;
using ds::dyn;
using namespace deepseek::test;

namespace {
using rows = ds::tensor<float, dims<dyn, dyn, dyn, dyn>>;
rows numbered(std::int64_t sequences, std::int64_t heads, std::int64_t n, std::int64_t width) {
  rows x{dims<dyn, dyn, dyn, dyn>{sequences, heads, n, width}};
  for (std::int64_t i = 0; i < x.size(); ++i) x.data()[i] = float(i);
  return x;
}
}  // namespace

TEST_CASE("rows lie where place() says, of expressions and views too") {
  ds::kv_cache<float> cache{{.sequences = 2,
                             .kv_heads = 3,
                             .width = 4,
                             .value_width = 2,
                             .capacity = 20,
                             .page_size = 4}};
  auto const k = numbered(2, 7, 3, 4);  // [sequences, n, heads, width]
  auto const v = numbered(2, 3, 7, 2);
  cache.append(ds::permute(k, ds::axes<0, 2, 1, 3>), v * 2.0F).run(ds::host{});
  cache.append_to(1, numbered(1, 3, 5, 4), numbered(1, 3, 5, 2)).run(ds::host{});
  CHECK(cache.length(0) == 7);
  CHECK(cache.length(1) == 12);
  auto const last = numbered(1, 3, 5, 4);
  for (std::int64_t s = 0; s < 2; ++s)
    for (std::int64_t h = 0; h < 3; ++h)
      for (std::int64_t j = 0; j < cache.length(s); ++j) {
        auto const at = cache.place(s, j);
        for (std::int64_t d = 0; d < 4; ++d)
          CHECK(cache.keys()(at.page, h, at.row, d) ==
                (j < 7 ? k(s, j, h, d) : last(0, h, j - 7, d)));
        if (j < 7) CHECK(cache.values()(at.page, h, at.row, 1) == 2 * v(s, h, j, 1));
      }
}

TEST_CASE("an error leaves the cache as it was") {
  ds::kv_cache<std::int8_t> cache{
      {.sequences = 2, .kv_heads = 1, .width = 4, .capacity = 8, .page_size = 4, .pages = 3}};
  cache.append(numbered(2, 1, 3, 4), numbered(2, 1, 3, 4)).run(ds::host{});
  ds::rotary_tables const tables{4, 4};
  auto const failing = [&](auto const& action, char const* part) {
    CHECK(holds(message_of(action), part));
    CHECK(cache.length(0) == 3);
    CHECK(cache.length(1) == 3);
    CHECK(cache.free_pages() == 1);
    CHECK(cache.keys()(cache.place(1, 2).page, 0, 2, 3) == 127);
  };
  auto const append = [&](rows const& k, rows const& v, ds::rotary const& turn = {}) {
    return [&, turn] { cache.append(k, v, turn).run(ds::host{}); };
  };
  auto const two = numbered(2, 1, 2, 4);
  auto const six = numbered(2, 1, 6, 4);
  failing(append(two, two), "[DS-CACHE-PAGES] 2 pages are needed and 1 are free");
  failing(append(six, six), "[DS-CACHE-CAPACITY] sequence 0 would have 9 keys");
  failing(append(two, six),
          "[DS-CACHE-ROWS] append(k, v): k is [2, 1, 2, 4] and v is [2, 1, 6, 4]");
  failing(append(numbered(2, 2, 1, 4), numbered(2, 2, 1, 4)), "[DS-CACHE-ROWS]");
  failing(append(numbered(3, 1, 1, 4), numbered(3, 1, 1, 4)), "[DS-CACHE-ROWS]");
  failing(append(two, two, tables.by_halves()), "[DS-ROTARY-SHAPE]");
}
