// SPDX-License-Identifier: Apache-2.0
/// @file Named tensors written into one safetensors file.
#pragma once

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <deepseek/base/dtype.hpp>
#include <deepseek/base/error.hpp>
#include <deepseek/tensor/detail/atomic_file.hpp>
#include <deepseek/tensor/detail/gather.hpp>
#include <deepseek/tensor/detail/safetensors_header.hpp>
#include <deepseek/tensor/tensor.hpp>
#include <deepseek/tensor/view.hpp>

namespace deepseek {

static_assert(std::endian::native == std::endian::little,
              "[DS-SAFETENSORS-ENDIAN] little-endian only.");

/// safetensors_writer: collects tensors and views, then writes them.
///
///   safetensors_writer out;
///   out.add("weight", weight).add("bias", bias).metadata("format", "pt");
///   out.write("model.safetensors");
///
/// The bytes are those of the Python package: wide types first, then by name, so that every tensor
/// lies aligned. The file appears whole or not at all.
///
/// @life   shares the memory of a tensor; memory under a view must live until write()
/// @cost   views that are not contiguous are brought into row-major order on the way, in 32 KiB pieces
/// @fails  argument_error [DS-SAFETENSORS-NAME] a name twice, "__metadata__", or no UTF-8 ·
///         device_error [DS-SAFETENSORS-DEVICE] memory the host cannot read · io_error [DS-FILE-WRITE]
class safetensors_writer {
 public:
  template <detail::view_like X> safetensors_writer& add(std::string name, X const& x) {
    check_name(name);
    if (x.space() != memory_space::host)
      throw device_error(text{} << "[DS-SAFETENSORS-DEVICE] tensor "
                                << quoted(name.data(), name.size())
                                << " is in device memory. Fix: copy it to a host tensor.");
    item added;
    added.name = *names_.insert(std::move(name)).first;
    added.type = dtype_of<typename X::value_type>;
    added.rank = X::rank;
    added.first = reinterpret_cast<char const*>(x.data());
    if constexpr (std::derived_from<X, tensor_base>) added.owner = x.memory();
    for (int axis = 0; axis < X::rank; ++axis) {
      added.extent[axis] = x.extents()[axis];
      added.stride[axis] = x.stride(axis);
    }
    items_.push_back(std::move(added));
    return *this;
  }

  /// A string for "__metadata__"; the last one given for a key counts.
  safetensors_writer& metadata(std::string key, std::string value) {
    if (!detail::is_utf8(key) || !detail::is_utf8(value))
      throw argument_error(text{} << "[DS-SAFETENSORS-NAME] metadata "
                                  << quoted(key.data(), key.size()) << " is no UTF-8.");
    metadata_[std::move(key)] = std::move(value);
    return *this;
  }

  void write(std::string const& path) const {
    std::vector<item const*> ordered;
    for (item const& one : items_) ordered.push_back(&one);
    std::sort(ordered.begin(), ordered.end(), [](item const* a, item const* b) {
      return std::pair{place(a->type), std::string_view{a->name}} <
             std::pair{place(b->type), std::string_view{b->name}};
    });
    detail::atomic_file file{path};
    std::string const head = head_bytes(ordered);
    std::uint64_t const length = head.size();
    file.write(&length, sizeof length);
    file.write(head.data(), head.size());
    for (item const* one : ordered)
      detail::gather_bytes(one->first, static_cast<std::int64_t>(size_of(one->type)), one->rank,
                           one->extent, one->stride,
                           [&](char const* piece, std::size_t count) { file.write(piece, count); });
    file.commit();
  }

 private:
  struct item {
    std::string name;
    storage owner;
    char const* first = nullptr;
    std::int64_t extent[max_rank] = {};
    std::int64_t stride[max_rank] = {};
    int rank = 0;
    dtype type = dtype::f32;
  };

  /// The Python package's order of types: the widest first.
  static int place(dtype type) noexcept {
    constexpr dtype order[] = {dtype::int64,    dtype::f64,  dtype::f32,   dtype::int32,
                               dtype::bf16,     dtype::f16,  dtype::int16, dtype::fp8_e4m3,
                               dtype::fp8_e5m2, dtype::int8, dtype::uint8, dtype::boolean};
    return static_cast<int>(std::find(std::begin(order), std::end(order), type) - order);
  }

  void check_name(std::string const& name) const {
    bool const twice = names_.count(name) != 0;
    if (!twice && name != "__metadata__" && detail::is_utf8(name)) return;
    throw argument_error(text{} << "[DS-SAFETENSORS-NAME] " << quoted(name.data(), name.size())
                                << (twice ? " was added before." : " cannot name a tensor."));
  }

  [[nodiscard]] std::string head_bytes(std::vector<item const*> const& ordered) const {
    std::string head{"{"};
    if (!metadata_.empty()) {
      head += "\"__metadata__\":{";
      for (auto const& [key, value] : metadata_) {
        if (head.back() != '{') head += ',';
        head += detail::json_string(key) + ':' + detail::json_string(value);
      }
      head += '}';
    }
    std::int64_t offset = 0;
    for (item const* one : ordered) {
      auto const width = static_cast<std::int64_t>(size_of(one->type));
      std::int64_t const end = offset + detail::byte_count(one->rank, one->extent, width);
      if (head.size() > 1) head += ',';
      head += detail::json_string(one->name) + ":{\"dtype\":\"";
      head += detail::safetensors_name(one->type);
      head += "\",\"shape\":[";
      for (int axis = 0; axis < one->rank; ++axis)
        head += (axis > 0 ? "," : "") + std::to_string(one->extent[axis]);
      head += "],\"data_offsets\":[" + std::to_string(offset) + ',' + std::to_string(end) + "]}";
      offset = end;
    }
    head += '}';
    constexpr std::size_t alignment = 8;
    head.append((alignment - head.size() % alignment) % alignment, ' ');
    return head;
  }

  std::vector<item> items_;
  std::set<std::string> names_;
  std::map<std::string, std::string> metadata_;
};

}  // namespace deepseek
