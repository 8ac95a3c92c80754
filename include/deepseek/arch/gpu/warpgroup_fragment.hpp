// SPDX-License-Identifier: Apache-2.0
/// @file warpgroup_fragment: what a thread holds of a matrix that four warps multiply with wgmma, and when it
/// may be touched.
///
/// A product goes on while its threads do something else, so its registers are theirs again only after a
/// wgmma_wait that names them, and the product's only after a wgmma_fence that names them. In host code
/// every element that is read or set is checked for that.
#pragma once
#include <cstdint>

#include <deepseek/arch/gpu/machine.hpp>
#include <deepseek/arch/gpu/matrix_fragment.hpp>

namespace deepseek::arch::gpu {

namespace detail {
#if !DEEPSEEK_DEVICE_PASS
/// Whose the registers of a fragment are.
struct register_use {
  bool fenced = false;  ///< since the thread touched them last
  int group = 0;        ///< of products that uses them; 0: none
};
#endif
}  // namespace detail

/// warpgroup_fragment<Fragment>: 64 rows: warp w of the four has rows 16 w … 16 w + 15 as a warp alone
/// would have them.
template <class Fragment> class warpgroup_fragment {
 public:
  using element_type = typename Fragment::element_type;
  static constexpr int elements = Fragment::elements;
  static constexpr int rows = 4 * Fragment::rows;
  static constexpr int columns = Fragment::columns;
  static_assert(Fragment::rows == 16, "[DS-WGMMA-FRAGMENT] warpgroup_fragment: of 16 rows a warp.");

  /// place(rank, i): of element i of a thread; rank: in its block, or in its four warps.
  DEEPSEEK_HOST_DEVICE static constexpr matrix_place place(int rank, int i) {
    matrix_place const of_warp = Fragment::place(rank % warp_size, i);
    return {rank % warpgroup_threads / warp_size * Fragment::rows + of_warp.row, of_warp.column};
  }
  /// holder(row, column): the thread of the four warps, as `lane`, that has the element.
  DEEPSEEK_HOST_DEVICE static constexpr fragment_place holder(int row, int column) {
    fragment_place const of_warp = Fragment::holder(row % Fragment::rows, column);
    return {row / Fragment::rows * warp_size + of_warp.lane, of_warp.element};
  }

  warpgroup_fragment() = default;
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE explicit warpgroup_fragment(Fragment const& of_thread)
      : registers_{of_thread} {}
#if !DEEPSEEK_DEVICE_PASS
  /// A copy reads all of it.
  warpgroup_fragment(warpgroup_fragment const& other) : registers_{other.fragment()} {}
  warpgroup_fragment& operator=(warpgroup_fragment const& other) {
    touch();
    registers_ = other.fragment();
    return *this;
  }
#endif

  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE element_type operator[](int i) const {
    touch();
    return registers_[i];
  }
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void set(int i, element_type value) {
    touch();
    registers_.set(i, value);
  }
  /// fragment(): all of them, as of a warp alone.
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE Fragment const& fragment() const {
    touch();
    return registers_;
  }

  /// For wgmma: not looked at whether they may be touched.
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE Fragment& registers() { return registers_; }
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE Fragment const& registers() const {
    return registers_;
  }
#if !DEEPSEEK_DEVICE_PASS
  [[nodiscard]] detail::register_use& use() const { return use_; }
#endif

 private:
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void touch() const {
#if !DEEPSEEK_DEVICE_PASS
    if (use_.group != 0)
      this_machine().fault(
          "[DS-EMULATED-WGMMA-WAIT]",
          "uses registers of a product of which no wgmma_wait() that names them has "
          "come. Fix: wgmma_commit(), then wgmma_wait<Left>(registers).");
    use_.fenced = false;
#endif
  }

  Fragment registers_;
#if !DEEPSEEK_DEVICE_PASS
  mutable detail::register_use use_;
#endif
};

/// wgmma_a<T>: of a, 64 x 32 bytes. wgmma_sum<T, N>: of c and of the result, 64 x N.
template <factor_element T>
using wgmma_a = warpgroup_fragment<fragment_a<T, 32 / static_cast<int>(sizeof(T))>>;
template <sum_element T, int N> using wgmma_sum = warpgroup_fragment<fragment_c<T, N>>;

}  // namespace deepseek::arch::gpu
