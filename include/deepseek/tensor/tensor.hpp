// SPDX-License-Identifier: Apache-2.0
/// @file tensor: memory with a shape, owned.
#pragma once
#include <concepts>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <type_traits>

#include <deepseek/tensor/storage.hpp>
#include <deepseek/tensor/view.hpp>

namespace deepseek {

/// tensor<T, Dims>: row-major elements on the host, 64-byte aligned, freed with the tensor.
///
/// Copying copies the elements, on the host; moving does not, and leaves a tensor without memory, which
/// may be assigned a tensor or destroyed. New elements are undefined until written.
///
/// @shape   Dims, static and dynamic extents mixed        @layout row-major
/// @dtype   any of dtype.hpp
/// @fails   memory_error no such block · shape_error an extent below 0 or unlike its static value ·
///          device_error [DS-TENSOR-COPY] a copy of device memory
/// @example examples/quickstart.cpp (region: tensor)
template <element T, extents_type Dims> class tensor : public tensor_base {
 public:
  using element_type = T;
  using value_type = T;
  using dims_type = Dims;
  using layout_type = row_major;
  using view_type = view<T, Dims, row_major>;
  using const_view_type = view<T const, Dims, row_major>;
  static constexpr int rank = Dims::rank;

  /// tensor(): all extents static: allocated; else empty until assigned.
  tensor() : tensor{Dims{}} {}

  explicit tensor(Dims const& extents, host_memory memory = {})
      : storage_{bytes_of(extents), memory}, extents_{extents} {}

  template <std::integral... N>
  requires(sizeof...(N) > 0 && std::constructible_from<Dims, N...>) explicit tensor(N... extent)
      : tensor{Dims{extent...}} {}

  /// tensor(extents, {v, ...}): the elements in row-major order.
  tensor(Dims const& extents, std::initializer_list<T> values) : tensor{extents} {
    if (std::int64_t(values.size()) != size())
      throw shape_error(text{} << "[DS-TENSOR-VALUES] " << std::int64_t(values.size())
                               << " values for a tensor of shape " << extents << " with " << size()
                               << " elements.");
    T* out = data();
    for (T const& value : values) *out++ = value;
  }
  tensor(std::initializer_list<T> values) requires(Dims::dynamic_count == 0)
      : tensor{Dims{}, values} {}

  /// tensor(storage, extents): shares memory that was made elsewhere.
  tensor(storage memory, Dims const& extents)
      : storage_{static_cast<storage&&>(memory)}, extents_{extents} {
    if (storage_.bytes() < bytes_of(extents))
      throw shape_error(text{} << "[DS-TENSOR-STORAGE] shape " << extents << " needs "
                               << bytes_of(extents) << " bytes; the storage has "
                               << storage_.bytes() << ".");
  }

  tensor(tensor const& other) : tensor{on_host(other)} { copy_from(other); }
  tensor(tensor&& other) noexcept = default;
  tensor& operator=(tensor const& other) {
    if (this != &other) {
      (void)on_host(other);
      if (!(extents_ == other.extents_) || storage_.owners() != 1 || space() != memory_space::host)
        *this = tensor{other.extents_};
      copy_from(other);
    }
    return *this;
  }
  tensor& operator=(tensor&& other) noexcept = default;

  /// y = e: what to compute and where to; nothing runs before `.run(executor)`.
  template <assignable E>
  requires(!std::same_as<std::remove_cvref_t<E>, tensor>) [[nodiscard]] auto operator=(E&& e) {
    return make_assignment(as_view(), static_cast<E&&>(e));
  }

  [[nodiscard]] T* data() { return static_cast<T*>(storage_.data()); }
  [[nodiscard]] T const* data() const { return static_cast<T const*>(storage_.data()); }
  [[nodiscard]] Dims const& extents() const { return extents_; }
  [[nodiscard]] row_major layout() const { return {}; }
  [[nodiscard]] memory_space space() const { return storage_.space(); }
  [[nodiscard]] std::int64_t extent(int axis) const { return extents_[axis]; }
  [[nodiscard]] std::int64_t stride(int axis) const { return row_major::stride(extents_, axis); }
  [[nodiscard]] std::int64_t size() const { return extents_.size(); }
  [[nodiscard]] storage const& memory() const { return storage_; }

  [[nodiscard]] view_type as_view() { return view_type{data(), extents_, {}, space()}; }
  [[nodiscard]] const_view_type as_view() const {
    return const_view_type{data(), extents_, {}, space()};
  }
  operator view_type() { return as_view(); }
  operator const_view_type() const { return as_view(); }

  template <std::integral... Index>
  requires(sizeof...(Index) == rank) [[nodiscard]] T& operator()(Index... index) {
    return as_view()(index...);
  }
  template <std::integral... Index>
  requires(sizeof...(Index) == rank) [[nodiscard]] T const& operator()(Index... index) const {
    return as_view()(index...);
  }

 private:
  static Dims const& on_host(tensor const& other) {
    if (other.space() != memory_space::host) fail_copy();
    return other.extents_;
  }
  static std::int64_t bytes_of(Dims const& extents) {
    std::int64_t bytes = sizeof(T);
    for (int axis = 0; axis < rank; ++axis)
      if (__builtin_mul_overflow(bytes, extents[axis], &bytes))
        throw shape_error(text{} << "[DS-TENSOR-SIZE] shape " << extents
                                 << " has more bytes than 64 bits can count.");
    return bytes;
  }
  [[noreturn]] DEEPSEEK_NOINLINE static void fail_copy() {
    throw device_error(
        "[DS-TENSOR-COPY] a tensor in device memory is copied as if it were on the host. Fix: move "
        "it, or to_host(t, pool).");
  }
  void copy_from(tensor const& other) {
    if (other.size() > 0)
      std::memcpy(storage_.data(), other.storage_.data(), std::size_t(bytes_of(extents_)));
  }

  storage storage_;
  DEEPSEEK_EMPTY Dims extents_;
};

namespace detail {
template <class T>
concept any_tensor = std::derived_from<std::remove_cvref_t<T>, tensor_base>;
}  // namespace detail

}  // namespace deepseek
