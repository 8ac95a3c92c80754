// SPDX-License-Identifier: Apache-2.0
/// @file elementwise_tiles: elementwise programs where neighbours of some operands or results are along
/// another axis than those of the others: transpositions, and what is computed on the way.
///
/// A block has a square tile of two axes: the lane axis and the one before it, `across`. Operands are read
/// with neighbouring threads along the axis of their own neighbours, all of them before anything is waited
/// for; then those that are turned change threads through shared memory, and so do results before they
/// are written. What is turned is said by bits: of operands in the order of Root::each_read, of results in
/// theirs.
#pragma once
#include <cstdint>

#include <deepseek/arch/gpu/barrier.hpp>
#include <deepseek/arch/gpu/global.hpp>
#include <deepseek/arch/gpu/thread.hpp>
#include <deepseek/kernel/elementwise.hpp>  // held_elements
#include <deepseek/kernel/schedule.hpp>
#include <deepseek/tile/transpose.hpp>
#include <deepseek/tile/unrolled.hpp>

namespace deepseek::kernel {

/// turned_memory: what of the operands, or of the results, is turned, as bits; and what of it is accessed 16
/// bytes at once.
struct turned_memory {
  std::uint32_t turned = 0;
  std::uint32_t wide = 0;
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE bool turns(int n) const {
    return (turned >> n & 1u) != 0;
  }
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE bool is_wide(int n) const {
    return (wide >> n & 1u) != 0;
  }
};

/// elementwise_tiles<Root, S, Width, Bytes, Results>: Width lanes are one access of what is not turned, never
/// cut; Bytes of the largest element that is turned; Results: some may be turned.
template <class Root, class S, int Width, int Bytes, bool Results> struct elementwise_tiles {
 private:
  template <int N> using state_of = typename Root::template state<held_elements<N, false, false>>;
  template <int N>
  using targets_of = typename Root::template targets<held_elements<N, false, false>>;
  /// A large tile has longer rows to read; its elements must find room in registers.
  static constexpr int most_state_bytes = 512;
  static constexpr bool large = sizeof(state_of<16>) + sizeof(targets_of<16>) <= most_state_bytes;

 public:
  static constexpr int side = large ? 64 : 32;  ///< of a tile
  static constexpr int threads = large ? 256 : 128;
  static constexpr int elements = side * side / threads;  ///< of a thread
  static constexpr int across = S::lane_axis - 1;
  static constexpr char const* name = "elementwise, by tiles";
  static constexpr std::int64_t tile_elements = std::int64_t{side} * side;

  /// across_width<T>: elements of one access across.
  template <class T>
  static constexpr int across_width =
      16 / int{sizeof(T)} < elements ? 16 / int{sizeof(T)} : elements;

  template <class T> using tile_of = tile::transpose_tile<T, side, side>;
  /// One tile at a time, of any type that is turned.
  struct shared_plan {
    alignas(8) unsigned char room[sizeof(tile_of<arch::gpu::vec<unsigned char, Bytes>>)];
  };
  static_assert(elements % Width == 0);

  Root root;
  axes_walk<S> tiles;  ///< along both axes of a tile, tiles
  std::int64_t count;  ///< of them
  std::int64_t extent_across;
  std::int64_t lanes;
  turned_memory operands;
  turned_memory results;

  DEEPSEEK_HOST_DEVICE void run(shared_plan& shared) const {
    for (std::int64_t t = arch::gpu::block_index().x; t < count; t += arch::gpu::grid_blocks().x) {
      tile_place here;
      tiles.place(here.at, t);
      here.at[across] *= side;
      here.lane = here.at[S::lane_axis] * side;
      one_tile(shared, here);
    }
  }

 private:
  /// By way of the second level only: such stores nvcc does not take apart, as it does others that it has
  /// followed through branches.
  struct held : held_elements<elements, false, false> {
    static constexpr arch::gpu::reuse reuse = arch::gpu::reuse::by_blocks;
  };
  using state_type = typename Root::template state<held>;
  using targets_type = typename Root::template targets<held>;

  struct tile_place {
    std::int64_t at[axes_walk<S>::places] = {};  ///< first across
    std::int64_t lane = 0;                       ///< first
  };

  /// share<Part>: the thread's elements of a tile: accesses of Part along one of its axes, in several lines
  /// along the other.
  template <int Part> struct share {
    static constexpr int accesses = elements / Part;
    static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE int along() {
      return arch::gpu::thread_rank() % (side / Part) * Part;
    }
    static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE int line(int v) {
      return arch::gpu::thread_rank() / (side / Part) + v * lines;
    }
    static constexpr int lines = threads * Part / side;  ///< from an access to the next
  };

  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void one_tile(shared_plan& shared,
                                                     tile_place const& here) const {
    state_type s;
    read_turned(s, here);
    read_others(s, here);
    turn_operands(shared, s);
    targets_type t;
    compute(s, t, here);
    if constexpr (Results) write_turned(shared, t, here);
  }

  /// f(memory, its state, its range, its number) for each operand.
  template <class F>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void each_operand(state_type& s, F const& f) const {
    int number = 0;
    root.template each_read<0u, 0>(
        s, lane_range::every(),
        [&](auto const& memory, auto& state, lane_range range, auto)
            DEEPSEEK_INLINE_LAMBDA { f(memory, state, range, number++); });
  }
  /// Whether the type of an operand lets it be turned; lets a thread have all its elements of it at once.
  template <class Memory>
  static constexpr bool may_turn = [] {
    if constexpr (requires { Memory::any_stride; }) return Memory::any_stride;
    else return false;
  }();
  template <class Memory>
  static constexpr bool is_held = [] {
    if constexpr (requires { Memory::one_value; }) return !Memory::one_value;
    else return false;
  }();

  /// The elements of operands that are turned: memory [lane][across] -> registers, neighbours across.
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void read_turned(state_type& s,
                                                        tile_place const& here) const {
    each_operand(s, [&](auto const& memory, auto& state, lane_range, int n) DEEPSEEK_INLINE_LAMBDA {
      if constexpr (may_turn<std::remove_cvref_t<decltype(memory)>>) {
        using T = std::remove_cvref_t<decltype(state.held[0])>;
        if (!operands.turns(n)) return;
        T const* const first = memory.base + memory.place.offset(here.at);
        if (operands.is_wide(n))
          read_across<across_width<T>>(state.held, first, memory.place, here);
        else read_across<1>(state.held, first, memory.place, here);
      }
    });
  }
  template <int Part, class T, class Place>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void read_across(T (&out)[elements], T const* first,
                                                        Place const& place,
                                                        tile_place const& here) const {
    using piece = arch::gpu::vec<T, Part>;
    using mine = share<Part>;
    first += (here.lane + mine::line(0)) * place.lane_stride() +
             mine::along() * (Part > 1 ? 1 : place.stride[across]);
    std::int64_t const step = mine::lines * place.lane_stride();
    bool const exists = here.at[across] + mine::along() < extent_across;
    tile::unrolled<mine::accesses>([&](auto v) DEEPSEEK_INLINE_LAMBDA {
      piece all{};
      if (exists && here.lane + mine::line(v) < lanes)
        all = arch::gpu::load(reinterpret_cast<piece const*>(first + v * step));
      tile::unrolled<Part>([&](auto i) DEEPSEEK_INLINE_LAMBDA { out[v * Part + i] = all[i]; });
    });
  }

  /// f(v, at, lane) for those of the thread's accesses along the lanes that exist.
  template <class F>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void each_access(tile_place const& here, F const& f) const {
    using mine = share<Width>;
    std::int64_t const lane = here.lane + mine::along();
    tile::unrolled<mine::accesses>([&](auto v) DEEPSEEK_INLINE_LAMBDA {
      tile_place p = here;
      p.at[across] += mine::line(v);
      if (lane < lanes && p.at[across] < extent_across) f(v, p.at, lane);
    });
  }
  /// fetch<Held>(…): of access v, what threads hold all elements of and is not turned; or what they hold not.
  template <bool Held>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void fetch(state_type& s, int v, std::int64_t const* at,
                                                  std::int64_t lane) const {
    root.seek(s, at);
    each_operand(
        s, [&](auto const& memory, auto& state, lane_range range, int n) DEEPSEEK_INLINE_LAMBDA {
          using Memory = std::remove_cvref_t<decltype(memory)>;
          if constexpr (is_held<Memory> == Held) {
            if constexpr (may_turn<Memory>)
              if (operands.turns(n)) return;
            memory.template fetch<Width>(state, v * Width, lane, range);
          }
        });
  }
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void read_others(state_type& s,
                                                        tile_place const& here) const {
    each_access(here, [&](auto v, std::int64_t const* at, std::int64_t lane)
                          DEEPSEEK_INLINE_LAMBDA { fetch<true>(s, v, at, lane); });
  }

  /// Registers, neighbours across -> registers, neighbours along the lanes.
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void turn_operands(shared_plan& shared,
                                                          state_type& s) const {
    each_operand(s, [&](auto const& memory, auto& state, lane_range, int n) DEEPSEEK_INLINE_LAMBDA {
      if constexpr (may_turn<std::remove_cvref_t<decltype(memory)>>) {
        using T = std::remove_cvref_t<decltype(state.held[0])>;
        if (!operands.turns(n)) return;
        auto& room = *reinterpret_cast<tile_of<T>*>(shared.room);
        if (operands.is_wide(n)) put_across<across_width<T>>(room, state.held);
        else put_across<1>(room, state.held);
        arch::gpu::sync_block();
        using to = share<Width>;
        tile::unrolled<elements>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
          state.held[i] = room.at(to::line(i / Width), to::along() + i % Width);
        });
        arch::gpu::sync_block();
      }
    });
  }
  template <int Part, class T>
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void put_across(tile_of<T>& room,
                                                              T const (&from)[elements]) {
    using mine = share<Part>;
    tile::unrolled<elements>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
      room.at(mine::along() + i % Part, mine::line(i / Part)) = from[i];
    });
  }

  /// Values in registers; results that are not turned are written.
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void compute(state_type& s, targets_type& t,
                                                    tile_place const& here) const {
    typename Root::no_values const none{};
    each_access(here,
                [&](auto v, std::int64_t const* at, std::int64_t lane) DEEPSEEK_INLINE_LAMBDA {
                  fetch<false>(s, v, at, lane);
                  root.seek_targets(t, at);
                  tile::unrolled<Width>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
                    root.template compute<1>(s, t, none, element{v * Width + i, lane + i});
                  });
                  if constexpr (Results)
                    each_result(t, [&](auto const&, auto& target, int n) DEEPSEEK_INLINE_LAMBDA {
                      if (results.turns(n)) target.active = false;
                    });
                  root.template write<Width>(t, v * Width, lane, lane_range::every().end);
                });
  }

  template <class F>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void each_result(targets_type& t, F const& f) const {
    int number = 0;
    root.each_write(t, [&](auto const& store, auto& target)
                           DEEPSEEK_INLINE_LAMBDA { f(store, target, number++); });
  }
  /// Registers, neighbours along the lanes -> memory [lane][across].
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void write_turned(shared_plan& shared, targets_type& t,
                                                         tile_place const& here) const {
    each_result(t, [&](auto const& store, auto& target, int n) DEEPSEEK_INLINE_LAMBDA {
      using T = std::remove_cvref_t<decltype(target.element[0])>;
      if (!results.turns(n)) return;
      auto& room = *reinterpret_cast<tile_of<T>*>(shared.room);
      using from = share<Width>;
      each_access(here, [&](auto v, std::int64_t const*, std::int64_t) DEEPSEEK_INLINE_LAMBDA {
        tile::unrolled<Width>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
          room.at(from::line(v), from::along() + i) = target.element[v * Width + i];
        });
      });
      arch::gpu::sync_block();
      T* const first = store.base + store.place.offset(here.at);
      if (results.is_wide(n)) write_across<across_width<T>>(room, first, store.place, here);
      else write_across<1>(room, first, store.place, here);
      arch::gpu::sync_block();
    });
  }
  template <int Part, class T, class Place>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void write_across(tile_of<T>& room, T* first,
                                                         Place const& place,
                                                         tile_place const& here) const {
    using piece = arch::gpu::vec<T, Part>;
    using mine = share<Part>;
    first += (here.lane + mine::line(0)) * place.lane_stride() +
             mine::along() * (Part > 1 ? 1 : place.stride[across]);
    std::int64_t const step = mine::lines * place.lane_stride();
    bool const exists = here.at[across] + mine::along() < extent_across;
    tile::unrolled<mine::accesses>([&](auto v) DEEPSEEK_INLINE_LAMBDA {
      if (!exists || here.lane + mine::line(v) >= lanes) return;
      piece all;
      tile::unrolled<Part>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
        all[i] = room.at(mine::along() + i, mine::line(v));
      });
      arch::gpu::store<held::reuse>(reinterpret_cast<piece*>(first + v * step), all);
    });
  }
};

}  // namespace deepseek::kernel
