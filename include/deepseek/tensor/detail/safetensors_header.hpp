// SPDX-License-Identifier: Apache-2.0
/// @file The head of a safetensors file, checked so that nothing it says can lead outside the file.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <deepseek/base/dtype.hpp>
#include <deepseek/base/error.hpp>
#include <deepseek/tensor/detail/foreign_shape.hpp>
#include <deepseek/tensor/detail/safetensors_json.hpp>
#include <deepseek/tensor/detail/safetensors_utf8.hpp>

namespace deepseek {

/// safetensors_entry: what the head says of one tensor.
struct safetensors_entry {
  std::string name;
  std::string type;                 ///< "F32", "BF16", "U16", …
  std::vector<std::int64_t> shape;  ///< outermost axis first
  std::int64_t begin = 0;           ///< bytes from the end of the head to the first element
  std::int64_t end = 0;             ///< and to behind the last
};

namespace detail {

/// The format's name of each of our element types, in the order of dtype.
inline constexpr std::string_view safetensors_names[] = {
    "F64", "F32", "F16", "BF16", "F8_E4M3", "F8_E5M2", "I8", "I16", "I32", "I64", "U8", "BOOL"};

[[nodiscard]] inline std::string_view safetensors_name(dtype type) noexcept {
  return safetensors_names[static_cast<int>(type)];
}

/// Bits of an element of any type of the format, ours or not; 0 for an unknown name.
[[nodiscard]] inline int safetensors_bits(std::string_view type) noexcept {
  for (int i = 0; i <= static_cast<int>(dtype::boolean); ++i)
    if (type == safetensors_names[i]) return 8 * static_cast<int>(size_of(static_cast<dtype>(i)));
  constexpr std::pair<std::string_view, int> others[] = {
      {"U16", 16},        {"U32", 32},        {"U64", 64}, {"C64", 64},    {"F8_E8M0", 8},
      {"F8_E4M3FNUZ", 8}, {"F8_E5M2FNUZ", 8}, {"F4", 4},   {"F6_E2M3", 6}, {"F6_E3M2", 6}};
  for (auto const& [name, bits] : others)
    if (type == name) return bits;
  return 0;
}

struct safetensors_header {
  std::vector<safetensors_entry> entries;       // as in the file
  std::vector<std::size_t> by_name;             // indices of entries, sorted by name
  std::map<std::string, std::string> metadata;  // the strings under "__metadata__"
  std::size_t data_offset = 0;                  // bytes before the first tensor
};

/// Parses and checks; see safetensors_file for what is refused.
class safetensors_parser {
 public:
  safetensors_parser(char const* data, std::size_t size, std::string const& path)
      : data_{data}, size_{size}, path_{path} {}

  [[nodiscard]] safetensors_header parse() {
    std::string_view const head = head_bytes();
    json_reader json{head, path_};
    bool has_metadata = false;
    json.expect('{');
    if (!json.accept('}')) do {
        std::string name = json.string();
        json.expect(':');
        if (name == "__metadata__") {
          if (has_metadata) json.fail("\"__metadata__\" stands there twice");
          has_metadata = true;
          metadata(json);
        } else {
          header_.entries.push_back(entry(json, std::move(name)));
        }
      } while (more(json));
    json.expect_end();
    check_names();
    check_offsets();
    return std::move(header_);
  }

 private:
  static constexpr std::uint64_t largest_head = 100'000'000;  // bytes, the reference's limit

  [[noreturn]] void fail(char const* id, text const& what) const {
    throw io_error(text{} << id << ' ' << quoted(path_.data(), path_.size()) << ": " << what
                          << '.');
  }
  [[noreturn]] void fail_tensor(char const* id, safetensors_entry const& entry,
                                text const& what) const {
    fail(id, text{} << "tensor " << quoted(entry.name.data(), entry.name.size()) << ' ' << what);
  }

  std::string_view head_bytes() {
    constexpr std::size_t length_bytes = 8;
    if (size_ < length_bytes)
      fail("[DS-SAFETENSORS-HEADER]", text{} << "only " << size_
                                             << " bytes; the first 8 are the "
                                                "length of the header");
    std::uint64_t length = 0;
    for (std::size_t i = 0; i < length_bytes; ++i)
      length |= std::uint64_t{static_cast<unsigned char>(data_[i])} << (8 * i);
    if (length > size_ - length_bytes || length > largest_head)
      fail("[DS-SAFETENSORS-HEADER]", text{} << "the header is said to have " << length
                                             << " bytes; the file has " << size_
                                             << " and the limit is " << largest_head);
    header_.data_offset = length_bytes + static_cast<std::size_t>(length);
    std::string_view const head{data_ + length_bytes, static_cast<std::size_t>(length)};
    if (head.empty() || head[0] != '{')
      fail("[DS-SAFETENSORS-HEADER]", "the header does not begin with '{'");
    if (!is_utf8(head)) fail("[DS-SAFETENSORS-HEADER]", "the header is no UTF-8");
    return head;
  }

  /// After a member of an object: true if another one follows.
  static bool more(json_reader& json) {
    if (json.accept(',')) return true;
    json.expect('}');
    return false;
  }

  void metadata(json_reader& json) {
    json.expect('{');
    if (json.accept('}')) return;
    do {
      std::string key = json.string();
      json.expect(':');
      if (!header_.metadata.emplace(std::move(key), json.string()).second)
        json.fail("a key of \"__metadata__\" stands there twice");
    } while (more(json));
  }

  safetensors_entry entry(json_reader& json, std::string name) {
    safetensors_entry result;
    result.name = std::move(name);
    bool has_type = false;
    bool has_shape = false;
    bool has_offsets = false;
    auto const first = [&](bool& has) {
      if (std::exchange(has, true)) json.fail("a key of a tensor stands there twice");
    };
    json.expect('{');
    do {
      std::string const key = json.string();
      json.expect(':');
      if (key == "dtype") {
        first(has_type);
        result.type = json.string();
      } else if (key == "shape") {
        first(has_shape);
        result.shape = numbers(json);
      } else if (key == "data_offsets") {
        first(has_offsets);
        std::vector<std::int64_t> const offsets = numbers(json);
        if (offsets.size() != 2) json.fail("\"data_offsets\" are not two numbers");
        result.begin = offsets[0];
        result.end = offsets[1];
      } else {
        json.fail(text{} << "a tensor has the unknown key " << quoted(key.data(), key.size()));
      }
    } while (more(json));
    if (!has_type || !has_shape || !has_offsets)
      json.fail("a tensor lacks \"dtype\", \"shape\" or \"data_offsets\"");
    return result;
  }

  static std::vector<std::int64_t> numbers(json_reader& json) {
    std::vector<std::int64_t> result;
    json.expect('[');
    if (json.accept(']')) return result;
    do result.push_back(json.number());
    while (json.accept(','));
    json.expect(']');
    return result;
  }

  void check_names() {
    auto const& entries = header_.entries;
    header_.by_name.resize(entries.size());
    for (std::size_t i = 0; i < entries.size(); ++i) header_.by_name[i] = i;
    std::sort(header_.by_name.begin(), header_.by_name.end(),
              [&](std::size_t a, std::size_t b) { return entries[a].name < entries[b].name; });
    for (std::size_t i = 1; i < entries.size(); ++i)
      if (auto const& entry = entries[header_.by_name[i]];
          entry.name == entries[header_.by_name[i - 1]].name)
        fail_tensor("[DS-SAFETENSORS-NAME]", entry, "stands there twice");
  }

  /// The tensors cover the bytes behind the head, each byte once.
  void check_offsets() const {
    std::vector<safetensors_entry const*> in_order;
    for (auto const& entry : header_.entries) {
      check_size(entry);
      in_order.push_back(&entry);
    }
    std::sort(in_order.begin(), in_order.end(), [](auto const* a, auto const* b) {
      return std::pair{a->begin, a->end} < std::pair{b->begin, b->end};
    });
    auto const available = static_cast<std::int64_t>(size_ - header_.data_offset);
    std::int64_t covered = 0;
    for (auto const* entry : in_order) {
      if (entry->end > available)
        fail_tensor("[DS-SAFETENSORS-OFFSETS]", *entry,
                    text{} << "ends at byte " << entry->end << " of " << available);
      if (entry->begin != covered)
        fail_tensor("[DS-SAFETENSORS-OFFSETS]", *entry,
                    text{} << "begins at byte " << entry->begin << " where the one before ends at "
                           << covered);
      covered = entry->end;
    }
    if (covered != available)
      fail("[DS-SAFETENSORS-OFFSETS]", text{} << "the tensors end at byte " << covered
                                              << ", the file "
                                              << "at " << available);
  }

  void check_size(safetensors_entry const& entry) const {
    int const bits = safetensors_bits(entry.type);
    if (bits == 0)
      fail_tensor(
          "[DS-SAFETENSORS-DTYPE]", entry,
          text{} << "has the unknown dtype " << quoted(entry.type.data(), entry.type.size()));
    std::int64_t total_bits = bits;
    bool empty = false;
    bool overflow = false;
    for (std::int64_t const extent : entry.shape) {
      empty = empty || extent == 0;
      overflow =
          overflow || (extent != 0 && __builtin_mul_overflow(total_bits, extent, &total_bits));
    }
    if (overflow)
      fail_tensor("[DS-SAFETENSORS-SHAPE]", entry,
                  text{} << "has a shape that 64 bits cannot count: "
                         << foreign_shape{entry.shape.data(), entry.shape.size()});
    std::int64_t const bytes = empty ? 0 : total_bits / 8;
    if (entry.begin > entry.end || entry.end - entry.begin != bytes ||
        (!empty && total_bits % 8 != 0))
      fail_tensor("[DS-SAFETENSORS-SHAPE]", entry,
                  text{} << "of shape " << foreign_shape{entry.shape.data(), entry.shape.size()}
                         << " and dtype " << entry.type.c_str() << " does not fill the bytes "
                         << entry.begin << " to " << entry.end);
  }

  char const* data_;
  std::size_t size_;
  std::string const& path_;
  safetensors_header header_;
};

}  // namespace detail
}  // namespace deepseek
