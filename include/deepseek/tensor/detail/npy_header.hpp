// SPDX-License-Identifier: Apache-2.0
/// @file The head of a .npy file: a Python dictionary of three entries, parsed and printed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <deepseek/base/dtype.hpp>
#include <deepseek/base/error.hpp>

namespace deepseek {

/// npy_header: what the head of a .npy file says.
struct npy_header {
  std::string descr;                ///< NumPy's type string: "<f4", "|b1", …
  bool fortran_order = false;       ///< the first axis is contiguous, not the last
  std::vector<std::int64_t> shape;  ///< outermost axis first
  std::size_t data_offset = 0;      ///< bytes before the first element
};

namespace detail {

/// NumPy's type string of an element type; null where NumPy has none.
template <class T> inline constexpr char const* npy_descr = nullptr;
template <> inline constexpr char const* npy_descr<double> = "<f8";
template <> inline constexpr char const* npy_descr<float> = "<f4";
template <> inline constexpr char const* npy_descr<f16> = "<f2";
template <> inline constexpr char const* npy_descr<std::int8_t> = "|i1";
template <> inline constexpr char const* npy_descr<std::int16_t> = "<i2";
template <> inline constexpr char const* npy_descr<std::int32_t> = "<i4";
template <> inline constexpr char const* npy_descr<std::int64_t> = "<i8";
template <> inline constexpr char const* npy_descr<std::uint8_t> = "|u1";
template <> inline constexpr char const* npy_descr<bool> = "|b1";

/// Reads `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`: keys in any order, each once,
/// either quote, any blanks, the L that Python 2 put behind an integer. Nothing else.
class npy_dictionary {
 public:
  npy_dictionary(std::string_view source, std::string const& path) : rest_{source}, path_{path} {}

  [[nodiscard]] npy_header parse() {
    npy_header header;
    bool seen[3] = {};
    expect('{');
    while (!accept('}')) {
      std::string const key = string();
      expect(':');
      int const which = key == "descr" ? 0 : key == "fortran_order" ? 1 : key == "shape" ? 2 : -1;
      if (which < 0 || seen[which]) fail(which < 0 ? "an unknown key" : "a key twice");
      seen[which] = true;
      if (which == 0) header.descr = descr();
      if (which == 1) header.fortran_order = boolean();
      if (which == 2) header.shape = shape();
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    skip_blanks();
    if (!rest_.empty()) fail("something after the dictionary");
    if (!seen[0] || !seen[1] || !seen[2]) fail("no 'descr', 'fortran_order' or 'shape'");
    return header;
  }

 private:
  [[noreturn]] void fail(char const* what) const {
    throw io_error(text{} << "[DS-NPY-HEADER] " << quoted(path_.data(), path_.size())
                          << ": the header has " << what << " before "
                          << quoted(rest_.data(), rest_.size()) << '.');
  }
  void skip_blanks() {
    while (!rest_.empty() && (rest_[0] == ' ' || rest_[0] == '\n' || rest_[0] == '\t'))
      rest_.remove_prefix(1);
  }
  bool accept(char wanted) {
    skip_blanks();
    if (rest_.empty() || rest_[0] != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(char wanted) {
    char const what[] = {'n', 'o', ' ', '\'', wanted, '\'', '\0'};
    if (!accept(wanted)) fail(what);
  }
  bool accept_word(std::string_view word) {
    skip_blanks();
    if (rest_.substr(0, word.size()) != word) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  std::string string() {
    skip_blanks();
    char const quote = rest_.empty() ? '\0' : rest_[0];
    if (quote != '\'' && quote != '"') fail("no string");
    std::size_t const end = rest_.find(quote, 1);
    if (end == std::string_view::npos) fail("an open string");
    std::string const result{rest_.substr(1, end - 1)};
    if (result.find('\\') != std::string::npos) fail("an escape in a string");
    rest_.remove_prefix(end + 1);
    return result;
  }
  std::string descr() {
    skip_blanks();
    if (!rest_.empty() && rest_[0] == '[')  // the fields of a structure; their list is not needed
      throw dtype_error(
          text{} << "[DS-NPY-DTYPE] " << quoted(path_.data(), path_.size())
                 << " holds structures, not numbers. Fix: save each field on its own.");
    return string();
  }
  bool boolean() {
    if (accept_word("True")) return true;
    if (accept_word("False")) return false;
    fail("neither True nor False");
  }
  std::vector<std::int64_t> shape() {
    std::vector<std::int64_t> result;
    expect('(');
    while (!accept(')')) {
      result.push_back(integer());
      if (!accept(',')) {
        expect(')');
        if (result.size() == 1) fail("a number in brackets where a tuple should be");
        break;
      }
    }
    return result;
  }
  std::int64_t integer() {
    skip_blanks();
    std::int64_t value = 0;
    std::size_t digits = 0;
    for (; digits < rest_.size() && rest_[digits] >= '0' && rest_[digits] <= '9'; ++digits)
      if (__builtin_mul_overflow(value, 10, &value) ||
          __builtin_add_overflow(value, rest_[digits] - '0', &value))
        fail("an extent beyond 64 bits");
    if (digits == 0) fail("no extent");
    rest_.remove_prefix(digits);
    if (!rest_.empty() && rest_[0] == 'L') rest_.remove_prefix(1);
    return value;
  }

  std::string_view rest_;
  std::string const& path_;
};

inline npy_header parse_npy_header(char const* data, std::size_t size, std::string const& path) {
  constexpr std::size_t magic_size = 6;
  constexpr std::size_t version_size = 2;
  if (size < magic_size + version_size || std::memcmp(data, "\x93NUMPY", magic_size) != 0)
    throw io_error(text{} << "[DS-NPY-MAGIC] " << quoted(path.data(), path.size())
                          << " is no .npy file.");
  int const version = static_cast<unsigned char>(data[magic_size]);
  if (version < 1 || version > 3)
    throw io_error(text{} << "[DS-NPY-MAGIC] " << quoted(path.data(), path.size())
                          << ": format version " << version << "; known are 1, 2 and 3.");
  std::size_t const length_size = version == 1 ? 2 : 4;
  std::size_t const start = magic_size + version_size + length_size;
  std::size_t length = 0;
  for (std::size_t i = 0; i < length_size && start <= size; ++i)
    length |= std::size_t{static_cast<unsigned char>(data[magic_size + version_size + i])}
              << (8 * i);
  if (start > size || length > size - start)
    throw io_error(text{} << "[DS-NPY-HEADER] " << quoted(path.data(), path.size())
                          << ": the header is cut off at " << size << " bytes.");
  npy_header header = npy_dictionary{{data + start, length}, path}.parse();
  header.data_offset = start + length;
  return header;
}

/// The type of the file must be `wanted`; the byte order of one-byte types does not matter.
inline void check_npy_dtype(npy_header const& header, char const* wanted, std::string const& path) {
  std::string const& found = header.descr;
  std::string_view const kind =
      found.empty() ? std::string_view{} : std::string_view{found}.substr(1);
  bool const one_byte = kind.size() == 2 && kind[1] == '1';
  bool const native = !found.empty() && (found[0] == '<' || found[0] == '=' || one_byte);
  if (kind == wanted + 1 && native) return;
  text message;
  message << "[DS-NPY-DTYPE] " << quoted(path.data(), path.size()) << " holds "
          << quoted(found.data(), found.size()) << ", asked for is \"" << wanted << "\".";
  if (!found.empty() && found[0] == '>') message << " Fix: save it in little-endian order.";
  throw dtype_error(std::move(message));
}

/// The head as np.save prints it: room for the first axis to grow, padded to 64 bytes, one newline.
inline std::string npy_header_bytes(char const* descr, int rank, std::int64_t const* extent) {
  constexpr std::size_t alignment = 64;
  constexpr std::size_t growth_digits = 21;
  constexpr std::size_t before = 10;  // magic, version, length
  std::string body = std::string{"{'descr': '"} + descr + "', 'fortran_order': False, 'shape': (";
  for (int axis = 0; axis < rank; ++axis)
    body += (axis > 0 ? ", " : "") + std::to_string(extent[axis]);
  body += rank == 1 ? ",), }" : "), }";
  if (rank > 0) body.append(growth_digits - std::to_string(extent[0]).size(), ' ');
  std::size_t const unpadded = before + body.size() + 1;
  body.append(alignment - unpadded % alignment, ' ');
  body += '\n';
  std::string result{"\x93NUMPY\x01\x00", 8};
  result += static_cast<char>(body.size() & 0xff);
  result += static_cast<char>(body.size() >> 8);
  return result + body;
}

}  // namespace detail
}  // namespace deepseek
