// SPDX-License-Identifier: Apache-2.0
/// @file Device memory: a stream-ordered pool that makes storage, and tensors that go there and back.
///
/// Stands apart from tensor.hpp, since it includes the CUDA runtime. Host-only programs never need it.
#pragma once
#include <cstdint>
#include <limits>
#include <utility>

#include <deepseek/tensor/detail/device_calls.hpp>
#include <deepseek/tensor/tensor.hpp>

namespace deepseek {

/// device_count(): the GPUs that this program can use; 0 without a driver, or when built without CUDA.
inline int device_count() noexcept { return detail::count_devices(); }

/// device_pool: memory of one GPU, handed out and taken back in the order of a stream.
///
/// A block may be used by work put into its stream after allocate, without waiting; the last owner of the
/// storage puts the release into the same stream. Other streams must be made to wait for it, and the
/// stream must live as long as the storage. Blocks may outlive the pool.
///
/// @units  bytes
/// @cost   about a microsecond once warm: up to kept_bytes are kept for the next allocation
/// @fails  device_error [DS-DEVICE-NONE] no such GPU or no driver, [DS-DEVICE-POOL] a driver without
///         pools, [DS-DEVICE-BUILD] compiled without CUDA, [DS-DEVICE-CALL] anything else that CUDA
///         reports · memory_error [DS-DEVICE-MEMORY] the GPU has no such block
class device_pool {
 public:
  static constexpr std::int64_t keep_all = std::numeric_limits<std::int64_t>::max();

  /// device_pool(device, kept_bytes): memory above kept_bytes goes back to the system when a stream waits.
  explicit device_pool(int device = 0, std::int64_t kept_bytes = keep_all)
      : pool_{detail::make_pool(device, kept_bytes)}, device_{device} {}
  device_pool(device_pool&& other) noexcept
      : pool_{std::exchange(other.pool_, nullptr)}, device_{other.device_} {}
  device_pool& operator=(device_pool&& other) noexcept {
    std::swap(pool_, other.pool_);
    std::swap(device_, other.device_);
    return *this;
  }
  ~device_pool() {
    if (pool_ != nullptr) detail::destroy_pool(pool_);
  }

  /// allocate(bytes, stream): a new block in device memory; its content is undefined.
  [[nodiscard]] storage allocate(std::int64_t bytes, device_stream stream = nullptr) {
    auto* const home = new origin{device_, stream};
    void* data = nullptr;
    try {
      if (bytes != 0) data = detail::device_allocate(pool_, device_, bytes, stream);
    } catch (...) {
      delete home;
      throw;
    }
    return storage::adopted(data, bytes, memory_space::device, &give_back, home);
  }

  /// trim(kept_bytes): gives memory that no block uses back to the system, but for kept_bytes.
  void trim(std::int64_t kept_bytes = 0) { detail::trim_pool(pool_, kept_bytes); }

  [[nodiscard]] int device() const { return device_; }
  [[nodiscard]] std::int64_t reserved_bytes() const { return detail::pool_bytes(pool_, true); }
  [[nodiscard]] std::int64_t used_bytes() const { return detail::pool_bytes(pool_, false); }

 private:
  struct origin {
    int device;
    device_stream stream;
  };
  static void give_back(void* data, void* context) noexcept {
    auto* const home = static_cast<origin*>(context);
    if (data != nullptr) detail::device_free(data, home->device, home->stream);
    delete home;
  }

  detail::pool_handle pool_;
  int device_;
};

namespace detail {
template <element T, extents_type Dims> std::int64_t bytes_in(tensor<T, Dims> const& t) {
  return t.size() * std::int64_t{sizeof(T)};
}
}  // namespace detail

/// to_device(t, pool, stream): a copy of tensor t in device memory; returns when t may be changed again.
///
/// @shape   t's            @dtype any, unchanged           @cost one copy over the bus, and a wait
/// @fails   those of device_pool
template <element T, extents_type Dims>
tensor<T, Dims> to_device(tensor<T, Dims> const& t, device_pool& pool,
                          device_stream stream = nullptr) {
  tensor<T, Dims> copy{pool.allocate(detail::bytes_in(t), stream), t.extents()};
  if (t.size() > 0) {
    detail::device_copy(copy.data(), t.data(), detail::bytes_in(t), pool.device(), stream);
    detail::wait_for(pool.device(), stream);
  }
  return copy;
}

/// to_host(t, pool, stream): a copy of tensor t, which lies on pool's device, in host memory; waits for
/// the work before it in the stream.
///
/// @shape   t's            @dtype any, unchanged           @cost one copy over the bus, and a wait
/// @fails   those of device_pool, and of a host tensor
template <element T, extents_type Dims>
tensor<T, Dims> to_host(tensor<T, Dims> const& t, device_pool const& pool,
                        device_stream stream = nullptr) {
  tensor<T, Dims> copy{t.extents()};
  if (t.size() > 0) {
    detail::device_copy(copy.data(), t.data(), detail::bytes_in(t), pool.device(), stream);
    detail::wait_for(pool.device(), stream);
  }
  return copy;
}

}  // namespace deepseek
