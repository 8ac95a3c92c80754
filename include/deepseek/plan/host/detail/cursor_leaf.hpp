// SPDX-License-Identifier: Apache-2.0
/// @file Cursors of memory and of numbers, and the cursor that writes a result.
#pragma once
#include <deepseek/arch/cpu/pack_memory.hpp>
#include <deepseek/arch/cpu/pack_stream.hpp>
#include <deepseek/plan/detail/place.hpp>
#include <deepseek/plan/host/detail/cursor.hpp>

namespace deepseek::plan::host {

/// leaf_cursor<T, S, Lanes>: elements in memory.
template <class T, class S, lanes_are Lanes> struct leaf_cursor : terminal {
  using value_type = T;
  static constexpr bool row_invariant = false;
  static constexpr bool flattens = Lanes != lanes_are::one_value;

  T const* base;
  T const* row = nullptr;
  address<S> place;
  std::int64_t next_row = 0;  ///< elements from here to the row that is walked next, if it is to be
                              ///< fetched ahead

  /// A plain loop can read it.
  [[nodiscard]] bool plain() const {
    return Lanes == lanes_are::one_value || Lanes == lanes_are::contiguous ||
           place.lane_stride() == 1;
  }

  leaf_cursor(T const* first, address<S> const& where) : base{first}, place{where} {}

  DEEPSEEK_INLINE void seek(std::int64_t const* at) { row = base + place.offset(at); }
  template <class F> void visit(F&& f) { f(*this); }

  /// The elements of a block of dense rows, from where the cursor stands.
  [[nodiscard]] T const* flat_elements() const { return row; }
  /// What is the same for every row takes memory for a block of rows of it.
  [[nodiscard]] bool repeats() const {
    for (int axis = 0; axis < S::axes; ++axis)
      if (axis != S::lane_axis && place.stride[axis] != 0) return false;
    return true;
  }
  [[nodiscard]] std::int64_t flat_bytes(int length) const {
    return repeats() ? std::int64_t{sizeof(T)} * S::lanes * length : 0;
  }
  void give_flat(void* memory, int length) {
    if (!repeats()) return;
    T* const copy = static_cast<T*>(memory);
    for (int i = 0; i < S::lanes * length; ++i) copy[i] = base[i % length];
    base = copy;
  }

  template <int Pass, class Env, class Tail>
  DEEPSEEK_INLINE auto load(Env const&, position at, Tail tail) const {
    if constexpr (Lanes == lanes_are::one_value) {
      return splat();
    } else if constexpr (Lanes == lanes_are::contiguous || Tail::plain) {
      // The second pass finds the row in the cache; meanwhile the memory can bring the next one.
      if constexpr (Pass == 2 && S::lanes_reduced) arch::prefetch(row + next_row + at.lane);
      return neighbours(row + at.lane, tail);
    } else {
      std::int64_t const stride = place.lane_stride();
      if (stride == 1) return neighbours(row + at.lane, tail);
      if constexpr (Lanes == lanes_are::either) {
        return splat();
      } else {
        if (stride == 0) return splat();
        return spaced(row + at.lane * stride, stride, tail);
      }
    }
  }

 private:
  [[nodiscard]] DEEPSEEK_INLINE auto splat() const {
    if constexpr (std::is_same_v<T, bool>) return value_pack<bool, S>(*row);
    else return value_pack<T, S>(static_cast<compute_t<T>>(*row));
  }
  static DEEPSEEK_INLINE auto neighbours(T const* p, whole) {
    if constexpr (std::is_same_v<T, bool>)
      return arch::load_mask<S::lanes, typename S::lane_integer>(p);
    else return arch::load<S::lanes>(p);
  }
  static DEEPSEEK_INLINE auto neighbours(T const* p, partial tail) {
    if constexpr (std::is_same_v<T, bool>)
      return arch::load_mask_n<S::lanes, typename S::lane_integer>(p, tail.count);
    else return arch::load_n<S::lanes>(p, tail.count);
  }
  template <class Tail>
  static DEEPSEEK_INLINE auto spaced(T const* p, std::int64_t stride, Tail tail) {
    int count = S::lanes;
    if constexpr (is_partial<Tail>) count = tail.count;
    T element[S::lanes] = {};
    for (int i = 0; i < count; ++i) element[i] = p[i * stride];
    return neighbours(element, whole{});
  }
};

/// scalar_cursor<V, S>: a number.
template <class V, class S> struct scalar_cursor : terminal {
  using value_type = V;
  static constexpr bool row_invariant = true;
  static constexpr bool flattens = true;
  compute_t<V> value;
  explicit scalar_cursor(V v) : value(static_cast<compute_t<V>>(v)) {}
  DEEPSEEK_INLINE void seek(std::int64_t const*) {}
  template <int Pass, class Env, class Tail>
  DEEPSEEK_INLINE auto load(Env const&, position, Tail) const {
    return value_pack<V, S>(value);
  }
};

/// store_cursor<T, S>: where a result goes. `streaming` writes past the caches: right for results
/// larger than they are, wrong for results that are read again at once.
template <class T, class S> struct store_cursor {
  T* base;
  T* row = nullptr;
  address<S> place = {};
  bool streaming = false;

  DEEPSEEK_INLINE void seek(std::int64_t const* at) { row = base + place.offset(at); }

  template <class P, class Tail>
  DEEPSEEK_INLINE void store(position at, P const& p, Tail tail) const {
    std::int64_t const stride = place.lane_stride();
    if (Tail::plain || stride == 1) {
      neighbours(row + at.lane, p, tail);
    } else {
      int count = S::lanes;
      if constexpr (is_partial<Tail>) count = tail.count;
      spaced(row + at.lane * stride, stride, p, count);
    }
  }

 private:
  template <class P> DEEPSEEK_INLINE void neighbours(T* to, P const& p, whole) const {
    if constexpr (std::is_same_v<T, bool>) {
      arch::store_mask(to, p);
    } else {
      if (streaming) arch::stream_store(to, p);
      else arch::store(to, p);
    }
  }
  template <class P> DEEPSEEK_INLINE void neighbours(T* to, P const& p, partial tail) const {
    if constexpr (std::is_same_v<T, bool>) arch::store_mask_n(to, p, tail.count);
    else arch::store_n(to, p, tail.count);
  }
  template <class P>
  static DEEPSEEK_INLINE void spaced(T* to, std::int64_t stride, P const& p, int count) {
    T element[S::lanes];
    if constexpr (std::is_same_v<T, bool>) arch::store_mask(element, p);
    else arch::store(element, p);
    for (int i = 0; i < count; ++i) to[i * stride] = element[i];
  }
};

}  // namespace deepseek::plan::host
