// SPDX-License-Identifier: Apache-2.0
/// @file Rows that registers do not hold: which blocks have them and what they keep; and that results are
/// the same whatever they keep.
#include <deepseek/plan/gpu/row_sharing.hpp>

#include <deepseek/exec/emulated.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "../../exec/engine_verbs.hpp"
#include "../../kernel/launched.hpp"

namespace {
namespace ds = deepseek;
using namespace deepseek::test;
using ds::dims;
using ds::dyn;
using ds::last;
using ds::plan::gpu::launch_limits;
using ds::plan::gpu::limits_of_sm90;
using ds::plan::gpu::long_rows;
using ds::plan::gpu::one_launch;
using ds::plan::gpu::share_rows;

constexpr std::int64_t piece = 8192;
constexpr long_rows bf16_rows(std::int64_t rows, std::int64_t lanes) {
  return {rows, lanes, 1, piece, piece * 2, 400, true};
}
constexpr launch_limits sm80{};

TEST_CASE("one block where there are no clusters: all of it, or as much as there is room for") {
  struct case_of {
    std::int64_t lanes;
    int kept;
  };
  // 163 KiB less 400 bytes: 10 pieces of 16 KiB.
  for (case_of const& c : {case_of{16385, 3}, case_of{81920, 10}, case_of{81921, 10},
                           case_of{40 * piece, 10}, case_of{40 * piece + 1, 0}}) {
    CAPTURE(c.lanes);
    auto const share = share_rows(bf16_rows(1000, c.lanes), sm80);
    CHECK(share.blocks == 1);
    CHECK(share.kept == c.kept);
  }
}

TEST_CASE(
    "clusters: more blocks where they are few, or have more than a third of a multiprocessor's") {
  struct case_of {
    std::int64_t rows, lanes;
    int blocks, kept;
  };
  for (case_of const& c :
       {case_of{1, 16385, 2, 2}, case_of{1, 32768, 4, 1}, case_of{1, 65536, 8, 1},
        case_of{66, 32768, 2, 2}, case_of{132, 32768, 1, 4}, case_of{132, 36865, 2, 3},
        case_of{4096, 131072, 4, 4}, case_of{4096, 151936, 8, 3}, case_of{4096, 800000, 8, 13}}) {
    CAPTURE(c.rows);
    CAPTURE(c.lanes);
    auto const share = share_rows(bf16_rows(c.rows, c.lanes), limits_of_sm90);
    CHECK(share.blocks == c.blocks);
    CHECK(share.kept == c.kept);
  }
}

TEST_CASE("what is read once, scanned, or has several axes") {
  long_rows once = bf16_rows(1, 65536);
  once.piece_bytes = 0;
  CHECK(share_rows(once, limits_of_sm90).kept == 0);
  CHECK(share_rows(once, limits_of_sm90).blocks == 1);
  long_rows scanned = bf16_rows(1, 65536);
  scanned.by_clusters = false;
  CHECK(share_rows(scanned, limits_of_sm90).blocks == 1);
  CHECK(share_rows(scanned, limits_of_sm90).kept == 8);
  long_rows planes = bf16_rows(1, 3000);
  planes.positions = 7;
  CHECK(planes.pieces_of(1) == 7);
  CHECK(share_rows(planes, limits_of_sm90).blocks == 1);
  CHECK(share_rows(planes, limits_of_sm90).kept == 7);
}

TEST_CASE("few rows: one launch where blocks have little or are many, else one for each pass") {
  auto const one = [](std::int64_t rows, std::int64_t lanes, launch_limits const& limits) {
    auto const r = bf16_rows(rows, lanes);
    return one_launch(r, share_rows(r, limits));
  };
  CHECK(one(1, 32768, sm80));
  CHECK_FALSE(one(65, 65536, sm80));
  CHECK(one(66, 65536, sm80));
  CHECK_FALSE(one(263, 100000, sm80));
  CHECK(one(1, 262144, limits_of_sm90));
  CHECK_FALSE(one(1, 262145, limits_of_sm90));
  CHECK(one(9, 800000, limits_of_sm90));
}

/// A row-major operand whose rows are followed by NaNs.
template <class T> struct padded {
  static constexpr std::int64_t margin = 8;
  std::int64_t rows, lanes;
  std::vector<T> memory;

  padded(std::int64_t r, std::int64_t n, std::uint64_t seed)
      : rows{r}, lanes{n}, memory(static_cast<std::size_t>(r * (n + margin))) {
    std::mt19937_64 random{seed};
    std::uniform_real_distribution<double> draw{-2, 2};
    for (std::int64_t i = 0; i < rows; ++i)
      for (std::int64_t k = 0; k < lanes + margin; ++k)
        memory[static_cast<std::size_t>(i * (lanes + margin) + k)] =
            k < lanes ? static_cast<T>(static_cast<float>(draw(random)))
                      : static_cast<T>(std::numeric_limits<float>::quiet_NaN());
  }
  template <std::int64_t N> [[nodiscard]] auto source() const {
    return ds::view<T const, dims<dyn, N>, ds::strided<2>>{memory.data(), dims<dyn, N>{rows, lanes},
                                                           ds::strided<2>{{lanes + margin, 1}}};
  }
  [[nodiscard]] double at(std::int64_t i, std::int64_t k) const {
    return static_cast<double>(
        static_cast<float>(memory[static_cast<std::size_t>(i * (lanes + margin) + k)]));
  }
};

struct way {
  launch_limits limits;
  int cluster;
  char const* kernel;
};
/// All of a row by one block, or by several; a part of it; nothing; each pass a launch.
constexpr way ways[] = {{{227 << 10, 1}, 1, "shared"},
                        {limits_of_sm90, 2, "shared"},
                        {{110 << 10, 1}, 1, "streamed"},
                        {{1 << 10, 8}, 1, "streamed"}};

TEST_CASE(
    "operands of several types, read in different passes; the end of a row within an access") {
  constexpr std::int64_t n = 20008;
  constexpr std::int64_t rows = 2;
  padded<ds::bf16> const x{rows, n, 1};
  padded<float> const y{rows, n, 2};
  padded<ds::f16> const gain{1, n, 3};
  for (way const& at : ways) {
    CAPTURE(at.limits.shared_bytes);
    std::vector<float> out(static_cast<std::size_t>(rows * n), -77.f);
    ds::view<float, dims<dyn, n>> target{out.data(), dims<dyn, n>{rows, n}};
    launched run;
    // x is read in all three passes, y in the first and the last, gain at the end.
    auto const e = library::let(x.source<n>(), [&](auto v) {
      return library::let(y.source<n>(), [&](auto w) {
        return library::let(v - library::max(v + w, last), [&](auto d) {
          return d * gain.source<n>() + library::sum(d * d, last) + w;
        });
      });
    });
    launch_of(run, target, e, 1 << 20, at.limits);
    CHECK(run.kernel == std::string{"row_program, "} + at.kernel);
    CHECK(run.cluster == at.cluster);
    double worst = 0;
    for (std::int64_t i = 0; i < rows; ++i) {
      double most = -1e9;
      double sum = 0;
      for (std::int64_t k = 0; k < n; ++k) most = std::max(most, x.at(i, k) + y.at(i, k));
      for (std::int64_t k = 0; k < n; ++k) sum += (x.at(i, k) - most) * (x.at(i, k) - most);
      for (std::int64_t k = 0; k < n; ++k)
        worst = std::max(worst, std::abs((x.at(i, k) - most) * gain.at(0, k) + sum + y.at(i, k) -
                                         double{out[static_cast<std::size_t>(i * n + k)]}) /
                                    sum);
    }
    CHECK(worst < 1e-6);
  }
}

TEST_CASE("reductions of different lengths, a padded operand and a gathered one") {
  constexpr std::int64_t n = 17001;
  padded<float> const x{2, n, 4};
  ds::tensor<std::int32_t, dims<n>> index;
  std::mt19937 random{5};
  for (std::int64_t k = 0; k < n; ++k)
    index(k) = static_cast<std::int32_t>(random() % static_cast<unsigned>(n));
  for (way const& w : ways) {
    CAPTURE(w.limits.shared_bytes);
    ds::tensor<float, dims<2, n>> y;
    launched run;
    auto const e = library::let(library::take(x.source<n>(), index, ds::axes<1>), [&](auto v) {
      auto const shorter = library::slice(v, last, 5, 1, n - 500);
      auto const longer = library::pad(v, last, 3, 4, 0.5f);
      return v - library::max(shorter * 2.f, last) * library::sum(longer, last) / 1e3f;
    });
    launch_of(run, y, e, 1 << 20, w.limits);
    double worst = 0;
    for (std::int64_t i = 0; i < 2; ++i) {
      double most = -1e9;
      double sum = 7 * 0.5;
      for (std::int64_t k = 5; k < n - 495; ++k) most = std::max(most, 2 * x.at(i, index(k)));
      for (std::int64_t k = 0; k < n; ++k) sum += x.at(i, index(k));
      for (std::int64_t k = 0; k < n; ++k)
        worst = std::max(worst, std::abs(x.at(i, index(k)) - most * sum / 1e3 - double{y(i, k)}));
    }
    CHECK(worst < 1e-5);
  }
}

TEST_CASE("scans: one block, in the order of the row") {
  constexpr std::int64_t n = 16900;
  ds::tensor<float, dims<1, n>> x, y;
  for (std::int64_t k = 0; k < n; ++k) x(0, k) = static_cast<float>(k % 5 - 2);
  for (way const& w : ways) {
    CAPTURE(w.limits.shared_bytes);
    launched run;
    auto const e = library::let(x.as_view(), [](auto v) {
      auto const running = library::cumsum(v, last);
      return running - library::max(running, last) + v;
    });
    launch_of(run, y, e, 1 << 20, w.limits);
    CHECK(run.cluster == 1);
    double running = 0;
    bool right = true;
    for (std::int64_t k = 0; k < n; ++k) {
      running += double{x(0, k)};
      right = right && double{y(0, k)} == running - 0. + double{x(0, k)};
    }
    CHECK(right);  // the largest sum is 0: -2 -1 0 1 2
  }
}

TEST_CASE("emulated{0, 90} has clusters, emulated{0, 80} has not: the same bits in each run") {
  constexpr std::int64_t n = 16400;
  padded<ds::bf16> const x{3, n, 6};
  ds::tensor<float, dims<3, n>> a, b, c;
  auto const e = library::let(x.source<n>(), [](auto v) { return v / library::sum(v * v, last); });
  (a = e).run(ds::emulated{1, 90});
  (b = e).run(ds::emulated{3, 90});
  (c = e).run(ds::emulated{2, 80});
  bool same = true;
  double worst = 0;
  for (std::int64_t i = 0; i < 3; ++i) {
    double sum = 0;
    for (std::int64_t k = 0; k < n; ++k) sum += x.at(i, k) * x.at(i, k);
    for (std::int64_t k = 0; k < n; ++k) {
      same = same && a(i, k) == b(i, k);
      for (float const got : {a(i, k), c(i, k)})
        worst = std::max(worst, std::abs(double{got} - x.at(i, k) / sum) * sum);
    }
  }
  CHECK(same);
  CHECK(worst < 1e-5);
}

}  // namespace
