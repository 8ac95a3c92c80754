// SPDX-License-Identifier: Apache-2.0
/// @file safetensors: many named tensors in one file, read through a memory map.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <deepseek/base/dtype.hpp>
#include <deepseek/base/error.hpp>
#include <deepseek/tensor/detail/foreign_shape.hpp>
#include <deepseek/tensor/detail/mapped_file.hpp>
#include <deepseek/tensor/detail/safetensors_header.hpp>
#include <deepseek/tensor/tensor.hpp>
#include <deepseek/tensor/view.hpp>

namespace deepseek {

static_assert(std::endian::native == std::endian::little,
              "[DS-SAFETENSORS-ENDIAN] little-endian only.");

/// safetensors_file(path): opens a file and checks its head; elements are read when they are touched.
///
///   safetensors_file const file{"model.safetensors"};
///   auto weight = file.view<float, dims<dyn, 384>>("encoder.weight");   // no copy
///   auto bias = file.read<float, dims<384>>("encoder.bias");            // a tensor of its own
///
/// The file may come from anybody. Refused are: a head longer than the file or 100 MB, one that is no
/// UTF-8 or no JSON of the format's own shape (so nothing nests), names or keys given twice, unknown
/// dtypes, shapes whose size 64 bits cannot count or that differ from the bytes given, and offsets
/// that overlap, leave a hole or leave the file. A dtype that the library does not have (U16, C64, …)
/// is an error only when such a tensor is asked for.
///
/// @dtype  the file's type must be T; nothing is converted
/// @life   views are valid as long as the file object, also when that is moved
/// @cost   the head is parsed once, O(n log n) in the number of tensors
/// @fails  io_error [DS-FILE-OPEN], [DS-SAFETENSORS-HEADER], [DS-SAFETENSORS-NAME],
///         [DS-SAFETENSORS-DTYPE], [DS-SAFETENSORS-SHAPE], [DS-SAFETENSORS-OFFSETS]
/// @source github.com/huggingface/safetensors, "Format"
class safetensors_file {
 public:
  explicit safetensors_file(std::string const& path)
      : path_{path},
        file_{path},
        header_{detail::safetensors_parser{file_.data(), file_.size(), path_}.parse()} {}

  /// The tensors as the head lists them.
  [[nodiscard]] std::vector<safetensors_entry> const& entries() const noexcept {
    return header_.entries;
  }
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> result;
    for (auto const& entry : header_.entries) result.push_back(entry.name);
    return result;
  }
  [[nodiscard]] bool contains(std::string_view name) const noexcept {
    return find(name) != nullptr;
  }
  /// @fails argument_error [DS-SAFETENSORS-NAME] there is no such tensor
  [[nodiscard]] safetensors_entry const& entry(std::string_view name) const {
    if (auto const* const found = find(name)) return *found;
    fail_name(name);
  }
  /// The strings under "__metadata__".
  [[nodiscard]] std::map<std::string, std::string> const& metadata() const noexcept {
    return header_.metadata;
  }

  /// view<T, Dims>(name): the elements where they lie in the map. Dims is one axis if not given.
  /// @fails argument_error no such tensor · dtype_error [DS-SAFETENSORS-DTYPE] T is not its type ·
  ///        shape_error [DS-SAFETENSORS-SHAPE] Dims has another rank or static extent ·
  ///        io_error [DS-SAFETENSORS-ALIGNMENT] the file places the elements so that T cannot be read
  ///        there · io_error [DS-SAFETENSORS-BOOL] a bool that is neither 0 nor 1
  template <element T, extents_type Dims = dims<dyn>>
  [[nodiscard]] deepseek::view<T const, Dims> view(std::string_view name) const {
    safetensors_entry const& found = checked<T, Dims>(name);
    char const* const first = data_of(found);
    if (reinterpret_cast<std::uintptr_t>(first) % alignof(T) != 0)
      throw io_error(
          text{} << "[DS-SAFETENSORS-ALIGNMENT] " << described(found) << " begins at byte "
                 << header_.data_offset + static_cast<std::size_t>(found.begin) << ", which "
                 << alignof(T) << " does not divide. Fix: read() instead of view().");
    return {reinterpret_cast<T const*>(first), Dims::from_array(found.shape.data())};
  }

  /// read<T, Dims>(name): a copy of the elements, however the file places them.
  /// @fails as view, but for the alignment; memory_error
  template <element T, extents_type Dims = dims<dyn>>
  [[nodiscard]] tensor<T, Dims> read(std::string_view name) const {
    safetensors_entry const& found = checked<T, Dims>(name);
    tensor<T, Dims> result{Dims::from_array(found.shape.data())};
    auto const bytes = static_cast<std::size_t>(found.end - found.begin);
    if (bytes > 0) std::memcpy(result.data(), data_of(found), bytes);
    return result;
  }

 private:
  [[nodiscard]] safetensors_entry const* find(std::string_view name) const noexcept {
    auto const& entries = header_.entries;
    auto const at = std::lower_bound(
        header_.by_name.begin(), header_.by_name.end(), name,
        [&](std::size_t i, std::string_view wanted) { return entries[i].name < wanted; });
    return at != header_.by_name.end() && entries[*at].name == name ? &entries[*at] : nullptr;
  }
  [[nodiscard]] char const* data_of(safetensors_entry const& entry) const noexcept {
    return file_.data() + header_.data_offset + entry.begin;
  }
  [[nodiscard]] text described(safetensors_entry const& entry) const {
    return text{} << quoted(path_.data(), path_.size()) << ": tensor "
                  << quoted(entry.name.data(), entry.name.size());
  }

  [[noreturn]] void fail_name(std::string_view name) const {
    text message;
    message << "[DS-SAFETENSORS-NAME] " << quoted(path_.data(), path_.size()) << " has no tensor "
            << quoted(name.data(), name.size()) << "; it has " << header_.entries.size();
    constexpr std::size_t shown = 5;
    for (std::size_t i = 0; i < std::min(shown, header_.entries.size()); ++i) {
      std::string const& other = header_.entries[i].name;
      message << (i == 0 ? ": " : ", ") << quoted(other.data(), other.size());
    }
    throw argument_error(message << (header_.entries.size() > shown ? ", ..." : "."));
  }

  template <element T, extents_type Dims>
  [[nodiscard]] safetensors_entry const& checked(std::string_view name) const {
    safetensors_entry const& found = entry(name);
    if (std::string_view const wanted = detail::safetensors_name(dtype_of<T>); found.type != wanted)
      throw dtype_error(text{} << "[DS-SAFETENSORS-DTYPE] " << described(found) << " holds "
                               << found.type.c_str() << ", asked for is " << wanted.data() << " ("
                               << dtype_name(dtype_of<T>) << ").");
    detail::foreign_shape const shape{found.shape.data(), found.shape.size()};
    if (!detail::shape_fits<Dims>(shape))
      throw shape_error(text{} << "[DS-SAFETENSORS-SHAPE] " << described(found) << " has shape "
                               << shape << ", asked for is " << detail::pattern_text<Dims>()
                               << '.');
    if constexpr (std::is_same_v<T, bool>) {
      auto const* const byte = reinterpret_cast<unsigned char const*>(data_of(found));
      for (std::int64_t i = 0; i < found.end - found.begin; ++i)
        if (byte[i] > 1)
          throw io_error(text{} << "[DS-SAFETENSORS-BOOL] " << described(found) << " has the byte "
                                << byte[i] << " at " << i << "; a bool is 0 or 1.");
    }
    return found;
  }

  std::string path_;
  detail::mapped_file file_;
  detail::safetensors_header header_;
};

}  // namespace deepseek
