// SPDX-License-Identifier: Apache-2.0
/// @file Tensor copies of one to five axes, with swizzle, over edges, to several blocks; and their mistakes.
#include <deepseek/arch/gpu/barrier.hpp>
#include <deepseek/arch/gpu/cluster.hpp>
#include <deepseek/arch/gpu/tensor_copy.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "../emulated/run_block.hpp"

namespace gpu = deepseek::arch::gpu;
using deepseek::bf16;
using deepseek::f16;
using deepseek::test::fault_of;
using deepseek::test::fault_of_cluster;
using deepseek::test::holds;
using gpu::tensor_point;

namespace {

template <class T, int N> struct stage {
  alignas(1024) gpu::shared_array<T, N> box;
  gpu::mbarrier full;
};
template <class Plan> void make(Plan& shared) {
  if (gpu::thread_rank() == 0) {
    gpu::init(shared.full, 1);
    gpu::fence_async();
  }
  gpu::sync_block();
}

/// A tensor whose elements are their numbers in memory, rows of axis 0 padded to 16 bytes.
template <class T> struct numbered {
  std::vector<T> storage;
  gpu::tensor_description map;
  deepseek::arch::emulated::global_memory memory;

  numbered(std::vector<int> const& extents, std::vector<int> const& box) {
    int const per_chunk = 16 / static_cast<int>(sizeof(T));
    int stride = (extents[0] + per_chunk - 1) / per_chunk * per_chunk;
    map.rank = static_cast<unsigned char>(extents.size());
    map.element = gpu::tensor_element_of<T>;
    for (std::size_t axis = 0; axis < extents.size(); ++axis) {
      if (axis > 0) {
        map.stride_bytes[axis - 1] = static_cast<std::uint64_t>(stride) * sizeof(T);
        stride *= extents[axis];
      }
      map.extent[axis] = static_cast<std::uint64_t>(extents[axis]);
      map.box[axis] = static_cast<std::uint16_t>(box[axis]);
    }
    storage.resize(static_cast<std::size_t>(stride) + 16);
    map.base = reinterpret_cast<void*>((reinterpret_cast<std::uintptr_t>(storage.data()) + 15) &
                                       ~std::uintptr_t{15});
    for (int i = 0; i < stride; ++i) data()[i] = static_cast<T>(i + 1);
    memory.add({map.base, static_cast<std::size_t>(stride) * sizeof(T), true, "tensor"});
  }
  T* data() const { return static_cast<T*>(map.base); }
  /// The element at a point; 0 where there is none.
  T at(std::vector<int> const& point) const {
    std::size_t bytes = 0;
    for (std::size_t axis = 0; axis < point.size(); ++axis) {
      if (point[axis] < 0 || point[axis] >= static_cast<int>(map.extent[axis])) return T{};
      bytes += static_cast<std::size_t>(point[axis]) *
               (axis == 0 ? sizeof(T) : static_cast<std::size_t>(map.stride_bytes[axis - 1]));
    }
    return data()[bytes / sizeof(T)];
  }
};

/// Loads the box at a point and compares all of it with what at() says.
template <int Rank>
void loads(std::vector<int> const& extents, std::vector<int> const& box, int const (&point)[Rank]) {
  numbered<float> t{extents, box};
  using plan = stage<float, 1024>;
  gpu::tensor_map const map = gpu::described(t.map);
  tensor_point<Rank> from;
  for (int axis = 0; axis < Rank; ++axis) from.at[axis] = point[axis];
  CHECK(fault_of<plan>(32, t.memory, [&](plan& shared) {
          make(shared);
          if (gpu::thread_rank() == 0) {
            gpu::prefetch(map);
            gpu::arrive(shared.full, t.map.box_bytes());
            gpu::load_tensor(shared.box[0], map, from, shared.full);
          }
          gpu::wait(shared.full, 0);
          if (gpu::thread_rank() != 5) return;
          std::vector<int> place(Rank);
          for (int i = 0; i < t.map.box_bytes() / 4; ++i) {
            int left = i;
            for (std::size_t axis = 0; axis < Rank; ++axis) {
              place[axis] = point[axis] + left % box[axis];
              left /= box[axis];
            }
            CHECK(shared.box[i] == t.at(place));
          }
        }) == "");
}

}  // namespace

TEST_CASE("loads of one to five axes, inside and over every edge") {
  loads({50}, {16}, {7});
  loads({50}, {16}, {-9});
  loads({50}, {16}, {44});
  loads({13, 9}, {8, 4}, {2, 3});
  loads({13, 9}, {8, 4}, {-3, 7});
  loads({13, 9}, {8, 4}, {9, -2});
  loads({6, 5, 4}, {4, 3, 2}, {1, 1, 1});
  loads({6, 5, 4}, {4, 3, 2}, {3, 3, 3});
  loads({6, 5, 4, 3}, {4, 2, 2, 2}, {-1, 4, -1, 2});
  loads({6, 5, 4, 3, 2}, {4, 2, 2, 2, 2}, {1, 2, 1, 0, 0});
  loads({6, 5, 4, 3, 2}, {4, 2, 2, 2, 2}, {4, -1, 3, 2, 1});
}

TEST_CASE("a box that is all outside still brings all its bytes") {
  loads({13, 9}, {8, 4}, {40, 40});
}

TEST_CASE("swizzle of 128 bytes: a kernel finds chunk c of row r in place c xor r of that row") {
  numbered<bf16> t{{64, 16}, {64, 16}};
  for (int i = 0; i < 1024; ++i) t.data()[i] = bf16{static_cast<float>(i % 256)};
  t.map.pattern = gpu::swizzle::bytes_128;
  gpu::tensor_map const map = gpu::described(t.map);
  using plan = stage<bf16, 1024>;
  int const row_5[] = {5, 4, 7, 6, 1, 0, 3, 2};  // of the table in the CUDA guide
  CHECK(fault_of<plan>(32, t.memory, [&](plan& shared) {
          make(shared);
          if (gpu::thread_rank() == 0) {
            gpu::arrive(shared.full, 2048);
            gpu::load_tensor(shared.box[0], map, tensor_point{0, 0}, shared.full);
          }
          gpu::wait(shared.full, 0);
          for (int chunk = 0; chunk < 8; ++chunk)
            for (int row = 5; row < 16; row += 8)
              for (int i = 0; i < 8; ++i) {
                bf16 const got = shared.box[row * 64 + row_5[chunk] * 8 + i];
                CHECK(static_cast<float>(got) ==
                      static_cast<float>((row * 64 + chunk * 8 + i) % 256));
              }
        }) == "");
}

TEST_CASE("stores leave out what is outside, and undo the swizzle of loads") {
  numbered<float> from{{32, 8}, {32, 8}};
  numbered<float> to{{30, 6}, {32, 8}};
  from.map.pattern = to.map.pattern = gpu::swizzle::bytes_128;
  from.memory.add({to.data(), 32 * 6 * 4, true, "target"});
  float const beyond = to.data()[30];
  gpu::tensor_map const in = gpu::described(from.map);
  gpu::tensor_map const out = gpu::described(to.map);
  using plan = stage<float, 256>;
  CHECK(fault_of<plan>(1, from.memory, [&](plan& shared) {
          make(shared);
          gpu::arrive(shared.full, 1024);
          gpu::load_tensor(shared.box[0], in, tensor_point{0, 0}, shared.full);
          gpu::wait(shared.full, 0);
          gpu::store_tensor(out, tensor_point{-1, -1}, shared.box[0]);
          gpu::commit_bulk();
          gpu::wait_bulk<0>();
        }) == "");
  for (int y = 0; y < 6; ++y)
    for (int x = 0; x < 30; ++x) CHECK(to.at({x, y}) == from.at({x + 1, y + 1}));
  CHECK(to.data()[30] == beyond);  // padding
}

TEST_CASE_TEMPLATE("add_tensor: adds to what is inside", T, float, f16, bf16, std::int32_t,
                   std::uint64_t, double) {
  numbered<T> t{{8, 3}, {8, 2}};
  for (int i = 0; i < 24; ++i) t.data()[i] = static_cast<T>(i);
  gpu::tensor_map const map = gpu::described(t.map);
  using plan = stage<T, 16>;
  CHECK(fault_of<plan>(16, t.memory, [&](plan& shared) {
          shared.box[gpu::thread_rank()] = static_cast<T>(50 + gpu::thread_rank());
          gpu::fence_async();
          gpu::sync_block();
          if (gpu::thread_rank() != 0) return;
          gpu::add_tensor(map, tensor_point{2, 2}, shared.box[0]);
          gpu::commit_bulk();
          gpu::wait_bulk<0>();
        }) == "");
  for (int i = 0; i < 24; ++i)
    CHECK(static_cast<double>(t.data()[i]) == (i < 18 ? i : i + 50 + i - 18));
}

TEST_CASE("to the blocks of a cluster: each loads one half of a tile, both get all of it") {
  numbered<float> t{{32, 16}, {32, 8}};
  t.map.pattern = gpu::swizzle::bytes_128;
  gpu::tensor_map const map = gpu::described(t.map);
  using plan = stage<float, 512>;
  CHECK(fault_of_cluster<plan>(2, 32, t.memory, [&](plan& shared) {
          if (gpu::thread_rank() == 0) {
            gpu::init(shared.full, 1);
            gpu::fence_async();
          }
          gpu::sync_cluster();
          int const rank = gpu::cluster_rank();
          if (gpu::thread_rank() == 0) {
            gpu::arrive(shared.full, 2048);
            gpu::load_tensor(shared.box[rank * 256], map, tensor_point{0, rank * 8}, shared.full,
                             std::uint16_t{0b11});
          }
          gpu::wait(shared.full, 0);
          // Rows 0 and 8 are first in their pattern, where chunks keep their places.
          for (int row = 0; row < 16; row += 8)
            CHECK(shared.box[row * 32 + gpu::thread_rank()] == t.at({gpu::thread_rank(), row}));
          gpu::sync_cluster();
        }) == "");
}

TEST_CASE("fault: maps, places in shared memory, what a map describes that no operand has") {
  numbered<float> t{{32, 8}, {32, 8}};
  t.map.pattern = gpu::swizzle::bytes_128;
  using plan = stage<float, 512>;
  auto const load = [&](gpu::tensor_description const& described, int element, int bytes = 1024) {
    gpu::tensor_map const map = gpu::described(described);
    return fault_of<plan>(1, t.memory, [&](plan& shared) {
      make(shared);
      gpu::arrive(shared.full, bytes);
      gpu::load_tensor(shared.box[element], map, tensor_point{0, 0}, shared.full);
      gpu::wait(shared.full, 0);
    });
  };
  CHECK(load(t.map, 0) == "");
  CHECK(load(t.map, 256) == "");
  CHECK(holds(load(t.map, 32), "[DS-EMULATED-TENSOR] probe: thread 0",
              "copies a box at byte 128 of shared memory. Fix: a multiple of 1024"));
  CHECK(holds(load(t.map, 0, 1008), "[DS-EMULATED-DEADLOCK]", "lacks 0 arrivals and -16 bytes"));
  auto wrong = t.map;
  wrong.box[0] = 16;
  CHECK(holds(load(wrong, 0),
              "uses a map that no tensor has. [DS-TENSOR-MAP-SWIZZLE] a row of the box "
              "has 64 bytes, the swizzle is of 128"));
  wrong = t.map;
  wrong.extent[1] = 9;
  wrong.box[1] = 9;
  CHECK(holds(load(wrong, 0), "[DS-EMULATED-GLOBAL] probe: thread 0",
              "reads 16 bytes at byte 1024 of tensor, "
              "which has 1024"));
  wrong = t.map;
  wrong.box[1] = 25;
  wrong.extent[1] = 8;
  CHECK(holds(load(wrong, 0), "[DS-EMULATED-SHARED-RANGE]", "loads 3200 bytes at byte 0"));
  gpu::tensor_map const map = gpu::described(t.map);
  auto const axes = [&](plan& shared) {
    make(shared);
    gpu::load_tensor(shared.box[0], map, tensor_point{0, 0, 0}, shared.full);
  };
  CHECK(holds(fault_of<plan>(1, t.memory, axes), "[DS-EMULATED-TENSOR]",
              "names a point of 3 axes in a tensor of 2"));
}

TEST_CASE("fault: of the order of things, as of bulk copies") {
  numbered<float> t{{32, 8}, {32, 8}};
  gpu::tensor_map const map = gpu::described(t.map);
  using plan = stage<float, 256>;
  auto const early = [&](plan& shared) {
    make(shared);
    gpu::arrive(shared.full, 1024);
    gpu::load_tensor(shared.box[0], map, tensor_point{0, 0}, shared.full);
    [[maybe_unused]] float const seen = shared.box[3];
  };
  CHECK(holds(fault_of<plan>(1, t.memory, early), "[DS-EMULATED-SHARED-COPY]",
              "reads 4 bytes at byte 12", "a bulk copy is on its way to"));
  auto const store = [&](bool fences, bool waits, bool all) {
    return fault_of<plan>(32, t.memory, [&](plan& shared) {
      for (int row = 0; row < (all ? 8 : 7); ++row) shared.box[row * 32 + gpu::thread_rank()] = 1.f;
      if (fences) gpu::fence_async();
      gpu::sync_block();
      if (gpu::thread_rank() == 0) {
        gpu::store_tensor(map, tensor_point{0, 0}, shared.box[0]);
        gpu::commit_bulk();
        if (waits) gpu::wait_bulk_read<0>();
      }
      gpu::sync_block();
      shared.box[gpu::thread_rank()] = 2.f;
    });
  };
  CHECK(store(true, true, true) == "");
  CHECK(
      holds(store(false, true, true), "[DS-EMULATED-FENCE] probe: thread 0", "stores 1024 bytes"));
  CHECK(holds(store(true, false, true), "[DS-EMULATED-SHARED-COPY]",
              "that a bulk copy or a product reads"));
  CHECK(holds(store(true, true, false), "[DS-EMULATED-SHARED-UNDEFINED]",
              "stores 1024 bytes at byte 896"));
}

TEST_CASE("fault: sums of elements that have none") {
  numbered<std::int64_t> t{{4}, {4}};
  gpu::tensor_map const map = gpu::described(t.map);
  using plan = stage<std::int64_t, 4>;
  auto const kernel = [&](plan& shared) {
    for (int i = 0; i < 4; ++i) shared.box[i] = 1;
    gpu::fence_async();
    gpu::add_tensor(map, tensor_point{0}, shared.box[0]);
  };
  CHECK(holds(fault_of<plan>(1, t.memory, kernel), "[DS-EMULATED-TENSOR]",
              "adds elements of a type that has no sums here"));
}
