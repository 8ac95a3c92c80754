// SPDX-License-Identifier: Apache-2.0
/// @file histogram and bincount: how many elements belong to each bin.
#pragma once
#include <cstdint>
#include <type_traits>

#include <deepseek/base/bins.hpp>
#include <deepseek/base/error.hpp>
#include <deepseek/ops/call_rules.hpp>
#include <deepseek/ops/take.hpp>  // take_indices

namespace deepseek {

namespace why {
template <bool Holds, class... Facts> struct histogram_of_numbers {
  static_assert(
      Holds,
      "[DS-HISTOGRAM-DTYPE] histogram(x, bins, low, high): x is bool. Fix: sum(x), or bincount of "
      "a cast.");
};
template <bool Holds, class... Facts> struct bincount_of_integers {
  static_assert(Holds,
                "[DS-BINCOUNT-DTYPE] bincount(ids, bins): ids are no integers; their dtype is in "
                "dtype_is<...>. Fix: histogram, or cast<int64_t>(ids).");
};
}  // namespace why

namespace detail {

[[noreturn]] DEEPSEEK_NOINLINE inline void fail_bins(std::int64_t bins, double low, double high) {
  throw argument_error(text{} << "[DS-HISTOGRAM-BINS] histogram(x, bins, low, high): " << bins
                              << " bins from " << low << " to " << high
                              << ". Fix: 1 to 2^31 - 1 bins, low < high.");
}
[[noreturn]] DEEPSEEK_NOINLINE inline void fail_bincount(std::int64_t bins) {
  throw argument_error(text{} << "[DS-BINCOUNT-BINS] bincount(ids, bins): " << bins
                              << " bins. Fix: 1 to 2^31 - 1.");
}
/// The type that bins of equal width are found in.
template <class V>
using bin_type =
    std::conditional_t<std::same_as<V, double> || (integer_element<V> && sizeof(V) >= 4), double,
                       float>;
inline constexpr std::int64_t most_bins = (std::int64_t{1} << 31) - 1;

}  // namespace detail

/// histogram(x, bins, low, high): how many elements of x lie in each of `bins` intervals of one width;
/// PyTorch's histc, as integers.
///
///   y[b] = #{ x[i] : floor((x[i] - low) bins / (high - low)) == b };   x[i] == high is in the last one
///
/// @shape   x: any -> [bins]              @dtype x: any but bool; y: int64
/// @edge    what is outside of low … high, or NaN, is not counted
/// @cost    one read of x; a kernel of its own. Threads count apart, so a bin takes 8 bytes of each; on a GPU
///          blocks count up to 4096 bins in shared memory, more of them all threads in one place
/// @fails   [DS-HISTOGRAM-DTYPE] static · argument_error [DS-HISTOGRAM-BINS] now
template <operand X> constexpr auto histogram(X&& x, std::int64_t bins, double low, double high) {
  if constexpr (!valid<X>) {
    return why::invalid{};
  } else {
    using V = typename std::remove_cvref_t<X>::value_type;
    constexpr bool holds = !std::same_as<V, bool>;
    if constexpr (!holds) {
      (void)sizeof(why::histogram_of_numbers<holds, why::dtype_is<V>>);
      return why::invalid{};
    } else {
      using Real = detail::bin_type<V>;
      if (bins < 1 || bins > detail::most_bins || !(low < high)) detail::fail_bins(bins, low, high);
      equal_bins<Real> const bin_of{static_cast<Real>(low), static_cast<Real>(high),
                                    static_cast<int>(bins)};
      return get<0>(
          expr::call(rules::histogram<equal_bins<Real>, dyn>{bins, bin_of}, static_cast<X&&>(x)));
    }
  }
}

/// bincount(ids, bins): how often each of 0 … bins - 1 occurs.
///
///   y[b] = #{ i : ids[i] == b }
///
/// @shape   ids: any -> [bins]            @dtype ids: any integer; y: int64
/// @edge    an id outside of 0 … bins - 1 is not counted
/// @cost    as histogram
/// @fails   [DS-BINCOUNT-DTYPE] static · argument_error [DS-BINCOUNT-BINS] now
template <operand I> constexpr auto bincount(I&& ids, std::int64_t bins) {
  if constexpr (!valid<I>) {
    return why::invalid{};
  } else {
    using V = typename std::remove_cvref_t<I>::value_type;
    constexpr bool holds = take_indices<V>;
    if constexpr (!holds) {
      (void)sizeof(why::bincount_of_integers<holds, why::dtype_is<V>>);
      return why::invalid{};
    } else {
      if (bins < 1 || bins > detail::most_bins) detail::fail_bincount(bins);
      return get<0>(expr::call(rules::histogram<own_bin, dyn>{bins, {}}, static_cast<I&&>(ids)));
    }
  }
}

}  // namespace deepseek
