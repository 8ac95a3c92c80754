// SPDX-License-Identifier: Apache-2.0
/// @file Cursors whose elements depend on an index: gather, pad, and values made from the index.
#pragma once
#include <deepseek/arch/cpu/pack_gather.hpp>
#include <deepseek/arch/cpu/pack_memory.hpp>
#include <deepseek/plan/host/detail/cursor.hpp>
#include <deepseek/plan/host/detail/cursor_leaf.hpp>

namespace deepseek::plan::host {

/// generate_cursor<Rule, S, Lanes>: values made from the number of the element. A Rule writes `count` values
/// for the numbers first, first + stride, ... with `fill`, or a pack of them with `vector`.
template <class Rule, class S, lanes_are Lanes> struct generate_cursor : terminal {
  using value_type = typename Rule::value_type;
  static constexpr bool row_invariant = false;

  Rule rule;
  std::int64_t base;
  std::int64_t row = 0;
  address<S> place;

  generate_cursor(Rule const& r, std::int64_t first, address<S> const& where)
      : rule{r}, base{first}, place{where} {}

  DEEPSEEK_INLINE void seek(std::int64_t const* at) { row = base + place.offset(at); }
  template <class F> void visit(F&& f) { f(*this); }

  template <int Pass, class Env, class Tail>
  DEEPSEEK_INLINE auto load(Env const&, position at, Tail) const {
    // What is known when compiling is moved out of the loop along the row.
    std::int64_t const stride = Lanes == lanes_are::one_value    ? 0
                                : Lanes == lanes_are::contiguous ? 1
                                                                 : place.lane_stride();
    if constexpr (requires { rule.template vector<S::lanes>(row, stride); }) {
      return rule.template vector<S::lanes>(row + at.lane * stride, stride);
    } else {
      compute_t<value_type> element[S::lanes];
      rule.fill(row + at.lane * stride, stride, S::lanes, element);
      if constexpr (std::is_same_v<value_type, bool>)
        return arch::load_mask<S::lanes, typename S::lane_integer>(element);
      else return arch::load<S::lanes>(element);
    }
  }
};

/// gather_cursor<T, S, Child>: source[..., index, ...], the index being a value of Child.
template <class T, class S, class Child> struct gather_cursor : inner<Child> {
  using base = inner<Child>;
  using value_type = T;
  static constexpr bool row_invariant = false;

  T const* source;
  T const* row = nullptr;
  address<S> place;          // of the source's other axes
  std::int64_t axis_stride;  // of the axis that is indexed
  bool one_index_for_all_lanes;
  address_range source_range;

  gather_cursor(T const* first, address<S> const& where, std::int64_t stride, bool one_index,
                Child const& c, address_range const& range)
      : base{{{{c}}}},
        source{first},
        place{where},
        axis_stride{stride},
        one_index_for_all_lanes{one_index},
        source_range{range} {}

  DEEPSEEK_INLINE void seek(std::int64_t const* at) {
    row = source + place.offset(at);
    base::seek(at);
  }
  template <class F> void visit(F&& f) {
    f(*this);
    base::visit(f);
  }
  template <int Pass, class Env, class Tail>
  DEEPSEEK_INLINE auto load(Env const& env, position at, Tail tail) {
    auto const index =
        as_operand<std::int64_t, S>(get<0>(this->child).template load<Pass>(env, at, tail));
    std::int64_t const lane_stride = place.lane_stride();
    T const* const first = row + at.lane * lane_stride;
    int count = S::lanes;
    if constexpr (is_partial<Tail>) count = tail.count;
    if (one_index_for_all_lanes && lane_stride == 1)
      return neighbours(first + arch::get(index, 0) * axis_stride, tail);
    T element[S::lanes] = {};
    for (int i = 0; i < count; ++i)
      element[i] = first[arch::get(index, i) * axis_stride + i * lane_stride];
    return neighbours(element, whole{});
  }

 private:
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
};

/// pad_cursor<S, Child>: Child inside, one value outside. Lanes outside are never read from memory.
template <class S, class Child> struct pad_cursor : inner<Child> {
  using base = inner<Child>;
  using value_type = typename Child::value_type;
  using result = value_pack<value_type, S>;
  static constexpr bool row_invariant = false;

  inside range[S::axes == 0 ? 1 : S::axes];
  bool checked[S::axes == 0 ? 1 : S::axes] = {};
  compute_t<value_type> value;
  bool row_exists = false;

  pad_cursor(compute_t<value_type> fill, Child const& c) : base{{{{c}}}}, value{fill} {}

  DEEPSEEK_INLINE void seek(std::int64_t const* at) {
    row_exists = true;
    for (int axis = 0; axis < S::axes; ++axis)
      if (axis != S::lane_axis && checked[axis] && !range[axis].holds(at[axis])) row_exists = false;
    base::seek(at);
  }
  template <class F> void visit(F&& f) {
    f(*this);
    base::visit(f);
  }
  template <int Pass, class Env, class Tail>
  DEEPSEEK_INLINE result load(Env const& env, position at, Tail tail) {
    int count = S::lanes;
    if constexpr (is_partial<Tail>) count = tail.count;
    inside const lanes = lanes_that_exist();
    if (!row_exists || at.lane >= lanes.end || at.lane + count <= lanes.begin) return result(value);
    if (at.lane >= lanes.begin && at.lane + count <= lanes.end)
      return get<0>(this->child).template load<Pass>(env, at, tail);
    return edge<Pass>(env, at, lanes, count);
  }

 private:
  [[nodiscard]] DEEPSEEK_INLINE inside lanes_that_exist() const {
    constexpr std::int64_t everywhere = std::int64_t{1} << 62;
    if constexpr (S::lane_axis >= 0) {
      if (checked[S::lane_axis]) return range[S::lane_axis];
    }
    return {0, everywhere};
  }
  /// A vector across an edge: the part that exists is loaded on its own and moved to its lanes.
  template <int Pass, class Env>
  DEEPSEEK_INLINE result edge(Env const& env, position at, inside lanes, int count) {
    std::int64_t const begin = at.lane > lanes.begin ? at.lane : lanes.begin;
    std::int64_t const stop = at.lane + count < lanes.end ? at.lane + count : lanes.end;
    position part = at;
    part.lane = begin;
    result const loaded =
        get<0>(this->child).template load<Pass>(env, part, partial{static_cast<int>(stop - begin)});
    compute_t<value_type> from[S::lanes];
    compute_t<value_type> to[S::lanes];
    if constexpr (is_mask<result>) arch::store_mask(from, loaded);
    else arch::store(from, loaded);
    for (int i = 0; i < S::lanes; ++i) {
      std::int64_t const lane = at.lane + i;
      to[i] = lane >= begin && lane < stop ? from[lane - begin] : value;
    }
    if constexpr (is_mask<result>) return arch::load_mask<S::lanes, typename S::lane_integer>(to);
    else return arch::load<S::lanes>(to);
  }
};

}  // namespace deepseek::plan::host
