// SPDX-License-Identifier: Apache-2.0
/// @file cluster_places: numbers of threads, their places, their names.
#include <deepseek/arch/emulated/cluster_places.hpp>

#include <doctest/doctest.h>

#include <string>

using deepseek::arch::emulated::cluster_places;
using deepseek::arch::gpu::grid_extent;

TEST_CASE("cluster_places: ranks go along x, then y, then z") {
  cluster_places const places{{64, 128, {8, 6, 4}}, {2, 3, 2}, {4, 3, 2}, "probe"};
  CHECK(places.blocks() == 12);
  CHECK(places.threads() == 768);
  grid_extent const wanted[] = {{4, 3, 2}, {5, 3, 2}, {4, 4, 2}, {5, 4, 2}, {4, 5, 2}, {5, 5, 2},
                                {4, 3, 3}, {5, 3, 3}, {4, 4, 3}, {5, 4, 3}, {4, 5, 3}, {5, 5, 3}};
  for (int rank = 0; rank < 12; ++rank) {
    CAPTURE(rank);
    CHECK(places.block(rank) == wanted[rank]);
    CHECK(places.rank_of(rank * 64) == rank);
    CHECK(places.rank_of(rank * 64 + 63) == rank);
    CHECK(places.first_of(rank) == rank * 64);
  }
  auto const place = places.place(64 * 5 + 7);
  CHECK(place.thread == 7);
  CHECK(place.threads == 64);
  CHECK(place.block == grid_extent{5, 5, 2});
  CHECK(place.grid == grid_extent{8, 6, 4});
  CHECK(place.cluster_rank == 5);
  CHECK(place.cluster_blocks == 12);
}

TEST_CASE("cluster_places: a thread of another block is named with its block") {
  cluster_places const places{{32, 0, {4, 1, 1}}, {2, 1, 1}, {2, 0, 0}, "probe"};
  CHECK(std::string{places.who(33).c_str()} == "probe: thread 1 of block (3, 0, 0)");
  CHECK(std::string{places.other(33, 1).c_str()} == "thread 1");
  CHECK(std::string{places.other(33, 0).c_str()} == "thread 1 of block (3, 0, 0)");
}
