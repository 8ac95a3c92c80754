// SPDX-License-Identifier: Apache-2.0
/// @file Which indices of an axis a slice takes: NumPy's rules, for numbers known when compiling or not.
#pragma once
#include <concepts>
#include <limits>

#include <deepseek/ops/detail/view_verb.hpp>

namespace deepseek {

/// omitted: a bound of a range that is not given, as in NumPy's x[:5].
inline constexpr std::int64_t omitted = std::numeric_limits<std::int64_t>::min();

/// range{start, stop, step}: indices start, start + step, ... before stop; NumPy's start:stop:step.
struct range {
  std::int64_t start = omitted;
  std::int64_t stop = omitted;
  std::int64_t step = 1;
};

/// static_range<Start, Stop, Step>: a range in the type, under which a static extent stays one.
template <std::int64_t Start, std::int64_t Stop, std::int64_t Step> struct static_range_t {
  static_assert(Step != 0, "[DS-SLICE-STEP] static_range<start, stop, step>: step is 0.");
};
template <std::int64_t Start = omitted, std::int64_t Stop = omitted, std::int64_t Step = 1>
inline constexpr static_range_t<Start, Stop, Step> static_range{};

/// every: the whole axis; NumPy's colon.
struct every_t {};
inline constexpr every_t every{};

namespace detail {

/// taken: what a part takes of an axis: a progression of so many indices.
struct taken {
  expr::progression indices;
  std::int64_t extent = 1;
};

[[noreturn]] DEEPSEEK_NOINLINE inline void fail_step() {
  throw shape_error("[DS-SLICE-STEP] range{start, stop, step}: step is 0. Fix: 1, or -1 to flip.");
}

/// take_range(r, n): the indices of an axis of extent n that NumPy's x[start:stop:step] takes.
constexpr taken take_range(range r, std::int64_t n) {
  if (r.step == 0) fail_step();
  bool const down = r.step < 0;
  std::int64_t const step = r.step == omitted ? omitted + 1 : r.step;
  auto const bound = [&](std::int64_t given, std::int64_t otherwise) {
    if (given == omitted) return otherwise;
    std::int64_t const index = given < 0 ? given + n : given;
    if (index < 0) return std::int64_t{down ? -1 : 0};
    return index >= n ? n - (down ? 1 : 0) : index;
  };
  std::int64_t const start = bound(r.start, down ? n - 1 : 0);
  std::int64_t const stop = bound(r.stop, down ? -1 : n);
  std::int64_t const reach = down ? start - stop : stop - start;
  if (reach <= 0) return {{0, step}, 0};
  return {{start, step}, (reach - 1) / (down ? -step : step) + 1};
}

/// part_rule<Part>: what a part does to an axis. extent(n) is its static extent, n or dyn given.
template <class Part> struct part_rule {  // an integer
  static constexpr bool drops = true;
  static constexpr bool moves = true;
  static constexpr std::int64_t extent(std::int64_t) { return 1; }
};
template <> struct part_rule<range> {
  static constexpr bool drops = false;
  static constexpr bool moves = true;
  static constexpr std::int64_t extent(std::int64_t) { return dyn; }
};
template <> struct part_rule<every_t> {
  static constexpr bool drops = false;
  static constexpr bool moves = false;
  static constexpr std::int64_t extent(std::int64_t n) { return n; }
};
template <std::int64_t Start, std::int64_t Stop, std::int64_t Step>
struct part_rule<static_range_t<Start, Stop, Step>> {
  static constexpr bool drops = false;
  static constexpr bool moves = true;
  static constexpr std::int64_t extent(std::int64_t n) {
    bool const whole = Start == omitted && Stop == omitted && (Step == 1 || Step == -1);
    return n == dyn || whole || Step == 0 ? n : take_range({Start, Stop, Step}, n).extent;
  }
};

template <class T> inline constexpr bool is_static_range = false;
template <std::int64_t Start, std::int64_t Stop, std::int64_t Step>
inline constexpr bool is_static_range<static_range_t<Start, Stop, Step>> = true;
}  // namespace detail

/// slice_part: what slice takes for an axis.
template <class Part>
concept slice_part = std::same_as<Part, range> || std::same_as<Part, every_t> ||
                     (std::integral<Part> && !std::same_as<Part, bool>) ||
                     detail::is_static_range<Part>;

namespace detail {

template <class Dims>
[[noreturn]] DEEPSEEK_NOINLINE void fail_slice_index(std::int64_t index, int axis, Dims const& d) {
  throw shape_error(text{} << "[DS-SLICE-INDEX] index " << index << " of axis " << axis
                           << " is outside " << d << ". Fix: -" << d[axis] << " <= index < "
                           << d[axis] << ".");
}

template <class Dims> constexpr taken take_part(range r, int axis, Dims const& d) {
  return take_range(r, d[axis]);
}
template <class Dims> constexpr taken take_part(every_t, int axis, Dims const& d) {
  return {{}, d[axis]};
}
template <class Dims, std::int64_t Start, std::int64_t Stop, std::int64_t Step>
constexpr taken take_part(static_range_t<Start, Stop, Step>, int axis, Dims const& d) {
  return take_range({Start, Stop, Step}, d[axis]);
}
template <class Dims, std::integral Index>
constexpr taken take_part(Index given, int axis, Dims const& d) {
  std::int64_t const n = d[axis];
  bool const inside = std::cmp_less(given, n) && std::cmp_greater_equal(given, -n);
  if (!inside) fail_slice_index(static_cast<std::int64_t>(given), axis, d);
  auto const index = static_cast<std::int64_t>(given);
  return {{index < 0 ? index + n : index, 0}, 1};
}

/// slice_pattern<D, axes_t<A...>, Part...>: the static side of a slice whose part k is of axis A[k].
template <class D, class Axes, class... Part> struct slice_pattern;
template <class D, int... A, class... Part> struct slice_pattern<D, axes_t<A...>, Part...> {
  static constexpr int axis_of[sizeof...(A) + 1] = {A..., -1};
  static constexpr bool drops_of[sizeof...(A) + 1] = {part_rule<Part>::drops..., false};
  static constexpr bool moved = (part_rule<Part>::moves || ...);
  static constexpr int rank = D::rank - (0 + ... + (part_rule<Part>::drops ? 1 : 0));

  static constexpr bool drops(int axis) {
    for (int k = 0; k < int(sizeof...(A)); ++k)
      if (axis_of[k] == axis) return drops_of[k];
    return false;
  }
  static constexpr int follows(int axis) {
    if (drops(axis)) return -1;
    int k = 0;
    for (int a = 0; a < axis; ++a) k += drops(a) ? 0 : 1;
    return k;
  }
  static constexpr std::int64_t extent(int k) {
    int axis = 0;
    while (follows(axis) != k) ++axis;
    std::int64_t extent = D::static_extent(axis);
    ((A == axis ? void(extent = part_rule<Part>::extent(extent)) : void()), ...);
    return extent;
  }
};

/// sliced<axes_t<A...>>(x, part...): part k is of axis A[k], counted from the first.
template <class Axes, class X, class... Part> constexpr auto sliced(X&& x, Part const&... part) {
  using D = shape_of<X>;
  using Pattern = slice_pattern<D, Axes, Part...>;
  D const& d = x.extents();
  expr::progression axis[max_rank];
  std::int64_t extent[max_rank] = {};
  for (int a = 0; a < D::rank; ++a)
    if (Pattern::follows(a) >= 0) extent[Pattern::follows(a)] = d[a];
  int k = 0;
  auto const apply_part = [&](auto const& p) {
    int const a = Pattern::axis_of[k++];
    taken const t = take_part(p, a, d);
    axis[a] = t.indices;
    if (Pattern::follows(a) >= 0) extent[Pattern::follows(a)] = t.extent;
  };
  (apply_part(part), ...);
  using Dims = pattern_dims<Pattern, Pattern::rank>;
  return moved_view<pattern_map<Pattern, D::rank>, Pattern::moved>(static_cast<X&&>(x),
                                                                   Dims::from_array(extent), axis);
}

}  // namespace detail
}  // namespace deepseek
