// SPDX-License-Identifier: Apache-2.0
/// @file A growable character buffer for messages: what std::string and std::ostream would give, without
/// their headers.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <type_traits>
#include <utility>

#include <deepseek/base/config.hpp>

namespace deepseek {

class text;

namespace detail {

template <class T>
concept arithmetic = std::is_arithmetic_v<T>;
template <class T>
concept small_float = requires(T const& value) {
  value.operator float();
};
template <class T>
concept no_character = !std::same_as<std::remove_cv_t<T>, char>;
template <class T>
concept printable = requires(text& target, T const& value) {
  target << value;
};

}  // namespace detail

/// text: characters that grow by `<<`; never truncates; always ends in a null character.
///
///   throw shape_error(text{} << "[DS-MATMUL-K] matmul: k " << 3 << " != " << 4);
///
/// Numbers are printed in decimal, booleans as true/false, floating values with the fewest digits
/// that read back as the same value ("0.1", "1e-06", "inf", "nan"), always with a point, whatever
/// the locale. `std::int8_t` and `std::uint8_t` are numbers; only `char` is a character.
/// To print a type of your own, write `text& operator<<(text&, your_type const&)` in its namespace.
///
/// @cost one allocation, doubled as it grows   @fails std::bad_alloc
class text {
 public:
  text() noexcept = default;
  text(char const* chars) { append(chars); }  // implicit: a literal is a text
  text(text const& other) { append(other.c_str(), other.size_); }
  text(text&& other) noexcept
      : chars_{std::exchange(other.chars_, nullptr)},
        size_{std::exchange(other.size_, 0)},
        capacity_{std::exchange(other.capacity_, 0)} {}
  text& operator=(text other) noexcept {
    std::swap(chars_, other.chars_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
    return *this;
  }
  ~text() { std::free(chars_); }

  /// The characters, ending in a null character; valid until the next change.
  [[nodiscard]] char const* c_str() const noexcept { return chars_ == nullptr ? "" : chars_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  /// Empties the text and keeps its memory.
  void clear() noexcept {
    size_ = 0;
    if (chars_ != nullptr) chars_[0] = '\0';
  }

  /// Adds `count` characters; they may contain null characters and may be a part of this text.
  DEEPSEEK_NOINLINE text& append(char const* chars, std::size_t count) {
    if (count == 0) return *this;
    std::ptrdiff_t const inside = position_of(chars);
    reserve(count);
    std::memmove(chars_ + size_, inside < 0 ? chars : chars_ + inside, count);
    size_ += count;
    chars_[size_] = '\0';
    return *this;
  }
  text& append(char const* chars) {
    return chars == nullptr ? append("(null)", 6) : append(chars, std::strlen(chars));
  }

  text& operator<<(char const* chars) & { return append(chars); }
  text& operator<<(text const& other) & { return append(other.c_str(), other.size_); }
  template <detail::arithmetic Number> text& operator<<(Number value) & {
    if constexpr (std::same_as<Number, bool>) return append(value ? "true" : "false");
    else if constexpr (std::same_as<Number, char>) return append(&value, 1);
    else if constexpr (std::floating_point<Number>) return append_shortest(value);
    else return append_integer(value);
  }
  /// A small floating type (f16, bf16, fp8) prints as the float it stands for.
  template <detail::small_float Small> text& operator<<(Small const& value) & {
    return append_shortest(value.operator float());
  }
  /// An address would print as `true`: say what you mean.
  template <detail::no_character Pointee> text& operator<<(Pointee* pointer) & = delete;

  friend bool operator==(text const& a, text const& b) noexcept {
    return a.size_ == b.size_ && std::memcmp(a.c_str(), b.c_str(), a.size_) == 0;
  }

 private:
  /// Where `chars` lies inside this text, or -1.
  [[nodiscard]] std::ptrdiff_t position_of(char const* chars) const noexcept {
    bool const inside = chars_ != nullptr && chars >= chars_ && chars <= chars_ + size_;
    return inside ? chars - chars_ : -1;
  }

  void reserve(std::size_t more) {
    std::size_t const needed = size_ + more + 1;
    if (needed <= capacity_) return;
    if (needed < more) throw std::bad_alloc{};
    std::size_t const grown = needed < 2 * capacity_ ? 2 * capacity_ : needed < 64 ? 64 : needed;
    void* const moved = std::realloc(chars_, grown);
    if (moved == nullptr) throw std::bad_alloc{};
    chars_ = static_cast<char*>(moved);
    capacity_ = grown;
  }

  template <class Integer> text& append_integer(Integer value) {
    char digits[24];
    char* first = digits + sizeof digits;
    bool negative = false;
    if constexpr (std::is_signed_v<Integer>) negative = value < 0;
    auto rest = static_cast<unsigned long long>(value);
    if (negative) rest = 0ULL - rest;
    do {
      *--first = static_cast<char>('0' + rest % 10);
      rest /= 10;
    } while (rest != 0);
    if (negative) *--first = '-';
    return append(first, static_cast<std::size_t>(digits + sizeof digits - first));
  }

  /// The fewest digits that read back as the same value.
  template <class Float> text& append_shortest(Float value) {
    char digits[40];
    for (int precision = 1; precision <= 21; ++precision) {
      std::snprintf(digits, sizeof digits, "%.*Lg", precision, static_cast<long double>(value));
      Float read_back{};
      if constexpr (std::same_as<Float, float>) read_back = std::strtof(digits, nullptr);
      else if constexpr (std::same_as<Float, double>) read_back = std::strtod(digits, nullptr);
      else read_back = std::strtold(digits, nullptr);
      if (!(read_back < value || read_back > value)) break;  // equal, or NaN
    }
    bool in_point = false;
    for (char const* at = digits; *at != '\0'; ++at) {  // a locale's decimal point becomes '.'
      bool const of_number = std::strchr("0123456789+-einfa", *at) != nullptr;
      if (of_number) append(at, 1);
      else if (!in_point) append(".", 1);
      in_point = !of_number;
    }
    return *this;
  }

  char* chars_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

/// A temporary text stays one, so that a chain of `<<` can be moved into an error.
template <std::same_as<text> Temporary, detail::printable Value>
text&& operator<<(Temporary&& target, Value const& value) {
  target << value;
  return std::move(target);
}

/// quoted: foreign characters (a name out of a file) made safe to print: in double quotes, with
/// quotes, backslashes and everything outside printable ASCII escaped as \xNN, cut at 200
/// characters with the full length named.
struct quoted {
  explicit quoted(char const* text) noexcept : chars{text}, size{std::strlen(text)} {}
  quoted(char const* first, std::size_t count) noexcept : chars{first}, size{count} {}

  friend text& operator<<(text& target, quoted const& value) {
    constexpr std::size_t shown_limit = 200;
    std::size_t const shown = value.size < shown_limit ? value.size : shown_limit;
    target << '"';
    for (std::size_t i = 0; i < shown; ++i) {
      auto const byte = static_cast<unsigned char>(value.chars[i]);
      constexpr char const* hex = "0123456789abcdef";
      if (byte == '"' || byte == '\\') target << '\\' << value.chars[i];
      else if (byte < 0x20 || byte > 0x7e) target << "\\x" << hex[byte >> 4] << hex[byte & 15];
      else target << value.chars[i];
    }
    target << '"';
    if (shown < value.size) target << "... (" << value.size << " characters)";
    return target;
  }

  char const* chars;
  std::size_t size;
};

}  // namespace deepseek
