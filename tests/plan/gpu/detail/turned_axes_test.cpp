// SPDX-License-Identifier: Apache-2.0
/// @file Which axis operands and results have their neighbours along, and what is done about it.
#include <deepseek/plan/gpu/detail/turned_axes.hpp>

#include <deepseek/kernel/schedule.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

namespace {
using S = deepseek::kernel::schedule<4, 0, 3>;
using address = deepseek::plan::address<S>;

struct operand {
  float const* base;
  address place;
  bool any_stride;
  bool one_value;
};
struct result {
  struct {
    float* base;
    address place;
  } target;
  std::int64_t target_extent[4];
};
/// What turned_axes asks of a program's root.
struct root {
  std::vector<operand> operands;
  result to;
  template <class F> void visit(F&& f) {
    f(to);
    for (auto& c : operands) f(c);
  }
};

struct axes_case {
  root program;
  std::int64_t extent[4];
  bool arrange() { return deepseek::plan::gpu::turned_axes<root, S>{program, extent}.arrange(); }
};
axes_case of(std::vector<operand> const& operands, address const& to, std::int64_t a,
             std::int64_t b, std::int64_t c, std::int64_t d) {
  return {{operands, {{nullptr, to}, {a, b, c, d}}}, {a, b, c, d}};
}
address const in_rows{{64 * 32 * 20, 32 * 20, 20, 1}};

TEST_CASE("in rows: nothing is turned, nothing is exchanged") {
  auto c = of({{nullptr, in_rows, true, false}}, in_rows, 3, 64, 32, 20);
  CHECK_FALSE(c.arrange());
  CHECK(c.extent[2] == 32);
  CHECK(c.program.operands[0].place.stride[1] == in_rows.stride[1]);
}

TEST_CASE(
    "an operand with neighbours along axis 1: that stands before the lanes, for all that is "
    "there") {
  address const turned{{64 * 32 * 20, 1, 64 * 20, 64}};
  auto c = of({{nullptr, turned, true, false}, {nullptr, in_rows, false, false}}, in_rows, 3, 64,
              32, 20);
  CHECK(c.arrange());
  CHECK(c.extent[1] == 32);
  CHECK(c.extent[2] == 64);
  CHECK(c.extent[3] == 20);
  CHECK(c.program.operands[0].place.stride[2] == 1);
  CHECK(c.program.operands[0].place.stride[1] == 64 * 20);
  CHECK(c.program.operands[1].place.stride[2] == in_rows.stride[1]);
  CHECK(c.program.to.target.place.stride[2] == in_rows.stride[1]);
}

TEST_CASE(
    "no neighbours along the lanes anywhere: the lanes are the other axis, and nothing is turned") {
  address const turned{{64 * 32 * 20, 1, 64 * 20, 64}};
  address const same_for_all_lanes{{0, 1, 0, 0}};
  auto const both = [&](bool one_value) {
    return of(
        {{nullptr, turned, true, false}, {nullptr, same_for_all_lanes, !one_value, one_value}},
        turned, 3, 64, 32, 20);
  };
  auto c = both(false);
  CHECK_FALSE(c.arrange());
  CHECK(c.extent[3] == 64);
  CHECK(c.extent[1] == 20);
  CHECK(c.program.operands[0].place.stride[3] == 1);
  CHECK(c.program.operands[1].place.stride[3] == 1);
  CHECK(c.program.to.target.place.stride[3] == 1);
  auto d = both(true);  // whose type says that it is one for all lanes
  CHECK(d.arrange());
  CHECK(d.extent[3] == 20);
}

TEST_CASE("short axes, neighbours in other sectors, and operands of known lanes are not turned") {
  auto const turns = [](address const& place, bool any_stride, std::int64_t b, std::int64_t d) {
    return of({{nullptr, place, any_stride, false}}, in_rows, 3, b, 32, d).arrange();
  };
  address const turned{{1 << 20, 1, 1 << 12, 64}};
  CHECK(turns(turned, true, 16, 16));
  CHECK_FALSE(turns(turned, true, 15, 16));
  CHECK_FALSE(turns(turned, true, 16, 15));
  CHECK_FALSE(turns(turned, false, 16, 16));
  CHECK(turns({{1 << 20, -7, 1 << 12, 64}}, true, 16, 16));
  CHECK_FALSE(turns({{1 << 20, 8, 1 << 12, 64}}, true, 16, 16));
  CHECK_FALSE(turns({{1 << 20, 2, 1 << 12, 2}}, true, 16, 16));
}

}  // namespace
