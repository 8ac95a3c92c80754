// SPDX-License-Identifier: Apache-2.0
/// @file ldmatrix and stmatrix against the PTX ISA's figures of an 8 x 8 matrix, and what goes wrong.
#include <deepseek/arch/gpu/barrier.hpp>
#include <deepseek/arch/gpu/ldmatrix.hpp>
#include <deepseek/arch/gpu/matrix_fragment.hpp>

#include <doctest/doctest.h>

#include <cstdint>

#include "../emulated/run_block.hpp"

namespace gpu = deepseek::arch::gpu;
using deepseek::test::fault_of;
using deepseek::test::holds;
using deepseek::test::run_block;

namespace {

/// The figure: which lane holds each element of a matrix, as its low half and as its high half in turn.
constexpr int lane_of[8][8] = {{0, 0, 1, 1, 2, 2, 3, 3},         {4, 4, 5, 5, 6, 6, 7, 7},
                               {8, 8, 9, 9, 10, 10, 11, 11},     {12, 12, 13, 13, 14, 14, 15, 15},
                               {16, 16, 17, 17, 18, 18, 19, 19}, {20, 20, 21, 21, 22, 22, 23, 23},
                               {24, 24, 25, 25, 26, 26, 27, 27}, {28, 28, 29, 29, 30, 30, 31, 31}};

struct row {
  alignas(16) std::uint16_t element[8];
};
struct matrices {
  gpu::shared_array<row, 40> at;
};

/// Rows in an order that is not that of their numbers.
constexpr int place_of(int r) { return (r * 7 + 3) % 40; }
constexpr std::uint16_t content(int r, int c) { return static_cast<std::uint16_t>(r * 256 + c); }

void fill(matrices& shared, int lane) {
  for (int r = lane; r < 40; r += 32) {
    row one{};
    for (int c = 0; c < 8; ++c) one.element[c] = content(r, c);
    shared.at[place_of(r)] = one;
  }
  gpu::sync_warp();
}
/// The half of a lane's register that has element (r, c) of its matrix.
std::uint16_t half(std::uint32_t word, int c) {
  return static_cast<std::uint16_t>(word >> (16 * (c % 2)));
}

template <int Count> void loads() {
  run_block<matrices>(32, [](matrices& shared) {
    int const lane = gpu::lane_rank();
    fill(shared, lane);
    // Lanes that pass no row may pass anything: the array's end here.
    gpu::shared_element<row> const mine{shared.at.element +
                                        (lane < 8 * Count ? place_of(lane) : 40)};
    auto const straight = gpu::ldmatrix<Count>(mine);
    auto const transposed = gpu::ldmatrix_transposed<Count>(mine);
    for (int m = 0; m < Count; ++m)
      for (int r = 0; r < 8; ++r)
        for (int c = 0; c < 8; ++c) {
          if (lane_of[r][c] == lane) CHECK(half(straight.word[m], c) == content(m * 8 + r, c));
          if (lane_of[c][r] == lane) CHECK(half(transposed.word[m], r) == content(m * 8 + r, c));
        }
  });
}
/// Each store of Count matrices brings `base` more than the content.
template <int Count> void stores() {
  run_block<matrices>(32, [](matrices& shared) {
    int const lane = gpu::lane_rank();
    gpu::shared_element<row> const mine{shared.at.element + place_of(lane < 8 * Count ? lane : 0)};
    auto const check = [&](int base) {
      gpu::sync_warp();
      for (int r = 0; r < 8 * Count; ++r) {
        row const found = shared.at[place_of(r)];
        for (int c = 0; c < 8; ++c) CHECK(found.element[c] == content(r, c) + base);
      }
      gpu::sync_warp();
    };
    gpu::matrix_registers<Count> straight{};
    gpu::matrix_registers<Count> transposed{};
    for (int m = 0; m < Count; ++m)
      for (int r = 0; r < 8; ++r)
        for (int c = 0; c < 8; ++c) {
          std::uint32_t const value = content(m * 8 + r, c);
          if (lane_of[r][c] == lane) straight.word[m] |= (value + 16) << (16 * (c % 2));
          if (lane_of[c][r] == lane) transposed.word[m] |= (value + 32) << (16 * (r % 2));
        }
    gpu::stmatrix(mine, straight);
    check(16);
    gpu::stmatrix_transposed(mine, transposed);
    check(32);
  });
}

}  // namespace

TEST_CASE("ldmatrix: 1, 2 and 4 matrices, as they are and transposed") {
  loads<1>();
  loads<2>();
  loads<4>();
}

TEST_CASE("stmatrix: 1, 2 and 4 matrices, as they are and transposed") {
  stores<1>();
  stores<2>();
  stores<4>();
}

TEST_CASE("ldmatrix of four matrices fills a fragment of a") {
  struct left {
    gpu::shared_array<row, 32> at;  // 16 x 16, two rows of 8 each
  };
  run_block<left>(32, [](left& shared) {
    using fragment = gpu::fragment_a<deepseek::f16, 16>;
    int const lane = gpu::lane_rank();
    row one{};
    for (int c = 0; c < 8; ++c) one.element[c] = content(lane / 2, lane % 2 * 8 + c);
    shared.at[lane] = one;
    gpu::sync_warp();
    auto const registers = gpu::ldmatrix<4>(shared.at[lane % 16 * 2 + lane / 16]);
    fragment a{};
    for (int i = 0; i < fragment::registers; ++i) a.word[i] = registers.word[i];
    for (int i = 0; i < fragment::elements; ++i) {
      auto const at = fragment::place(lane, i);
      CHECK(a[i].bits == content(at.row, at.column));
    }
  });
}

TEST_CASE("ldmatrix fills a fragment of b from its columns; transposed, from its rows") {
  struct right {
    gpu::shared_array<row, 16> columns;  // 8 columns of 16 k, two rows of 8 each
    gpu::shared_array<row, 16> rows;     // 16 k of 8 columns
  };
  run_block<right>(32, [](right& shared) {
    using fragment = gpu::fragment_b<deepseek::f16, 16>;
    int const lane = gpu::lane_rank();
    if (lane < 16) {
      row column{};
      row k{};
      for (int i = 0; i < 8; ++i) {
        column.element[i] = content(lane % 2 * 8 + i, lane / 2);
        k.element[i] = content(lane, i);
      }
      shared.columns[lane] = column;
      shared.rows[lane] = k;
    }
    gpu::sync_warp();
    int const r = lane % 16;
    auto const straight = gpu::ldmatrix<2>(shared.columns[r % 8 * 2 + r / 8]);
    auto const transposed = gpu::ldmatrix_transposed<2>(shared.rows[r]);
    fragment b{};
    for (int i = 0; i < fragment::registers; ++i) b.word[i] = straight.word[i];
    for (int i = 0; i < fragment::elements; ++i) {
      auto const at = fragment::place(lane, i);
      CHECK(b[i].bits == content(at.row, at.column));
    }
    CHECK(transposed.word[0] == straight.word[0]);
    CHECK(transposed.word[1] == straight.word[1]);
  });
}

TEST_CASE("fault: a row at no multiple of 16, outside, not written, not ordered after its writer") {
  auto const askew = [](matrices& shared) {
    fill(shared, gpu::lane_rank());
    auto* const at = reinterpret_cast<std::uint16_t*>(shared.at.element + gpu::lane_rank());
    gpu::shared_element<std::uint16_t> const mine{at + (gpu::lane_rank() == 5 ? 4 : 0)};
    (void)gpu::ldmatrix<1>(mine);
  };
  CHECK(holds(fault_of<matrices>(32, askew), "[DS-EMULATED-SHARED-ALIGN] probe: thread 5",
              "reads 16 bytes at byte 88", "not a multiple of it"));
  auto const outside = [](matrices& shared) {
    fill(shared, gpu::lane_rank());
    gpu::shared_element<row> const mine{shared.at.element + gpu::lane_rank() + 9};
    (void)gpu::ldmatrix<4>(mine);
  };
  CHECK(holds(fault_of<matrices>(32, outside), "[DS-EMULATED-SHARED-RANGE] probe: thread 31",
              "reads 16 bytes at byte 640 of shared memory, which has 640"));
  auto const undefined = [](matrices& shared) { (void)gpu::ldmatrix<1>(shared.at[0]); };
  CHECK(holds(fault_of<matrices>(32, undefined), "[DS-EMULATED-SHARED-UNDEFINED] probe: thread 0"));
  auto const unordered = [](matrices& shared) {
    shared.at[gpu::lane_rank()] = row{};  // each its own, and no sync_warp()
    (void)gpu::ldmatrix<4>(shared.at[gpu::lane_rank()]);
  };
  CHECK(holds(fault_of<matrices>(32, unordered), "[DS-EMULATED-SHARED-RACE] probe: thread",
              "reads 2 bytes", "wrote, with no barrier between"));
}

TEST_CASE(
    "fault: a matrix stored to where others read, at no multiple of 16, lanes that do not take "
    "part") {
  auto const read_early = [](matrices& shared) {
    fill(shared, gpu::lane_rank());
    gpu::stmatrix(shared.at[gpu::lane_rank()], gpu::matrix_registers<4>{});
    [[maybe_unused]] row const seen = shared.at[(gpu::lane_rank() + 1) % 32];
  };
  CHECK(holds(fault_of<matrices>(32, read_early), "[DS-EMULATED-SHARED-RACE]", "reads 16 bytes",
              "wrote"));
  auto const askew = [](matrices& shared) {
    auto* const at = reinterpret_cast<std::uint16_t*>(shared.at.element + gpu::lane_rank());
    gpu::stmatrix_transposed(gpu::shared_element<std::uint16_t>{at + 1},
                             gpu::matrix_registers<2>{});
  };
  CHECK(holds(fault_of<matrices>(32, askew), "[DS-EMULATED-SHARED-ALIGN] probe: thread 0",
              "writes 16 bytes at byte 2"));
  auto const absent = [](matrices& shared) {
    fill(shared, gpu::lane_rank());
    if (gpu::lane_rank() < 8) (void)gpu::ldmatrix<1>(shared.at[gpu::lane_rank()]);
  };
  CHECK(holds(fault_of<matrices>(32, absent), "[DS-EMULATED-DEADLOCK]",
              "at ldmatrix.x1 8 of 32 threads"));
  auto const other = [](matrices& shared) {
    fill(shared, gpu::lane_rank());
    if (gpu::lane_rank() < 16) (void)gpu::ldmatrix<1>(shared.at[gpu::lane_rank()]);
    else (void)gpu::ldmatrix<4>(shared.at[gpu::lane_rank()]);
  };
  CHECK(holds(fault_of<matrices>(32, other), "[DS-EMULATED-DIVERGED]", "comes to a ldmatrix.x1",
              "in a ldmatrix.x4"));
}
