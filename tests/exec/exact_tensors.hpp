// SPDX-License-Identifier: Apache-2.0
/// @file Tensors whose sums are exact, whether two have the same bits, and what an error says.
#pragma once
#include <deepseek/base/error.hpp>

#include <cstdint>
#include <cstring>
#include <string>

namespace deepseek::test {

/// Elements 1/4, 2/4, … that repeat after 23: sums of them are exact.
template <class Tensor> void fill(Tensor& x) {
  for (std::int64_t i = 0; i < x.size(); ++i)
    x.data()[i] =
        static_cast<typename Tensor::value_type>(static_cast<float>(i * 7 % 23 - 11) / 4.f);
}
/// overwrite(x): what is in x now will be seen if nobody writes there.
template <class Tensor> void overwrite(Tensor& x) {
  std::memset(static_cast<void*>(x.data()), 0x7e,
              static_cast<std::size_t>(x.size()) * sizeof(*x.data()));
}
template <class Tensor> bool same_bits(Tensor const& a, Tensor const& b) {
  return std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.size()) * sizeof(*a.data())) ==
         0;
}

/// message_of(action): of the library's error that it throws; "no error" if it does not.
template <class Action> std::string message_of(Action const& action) {
  try {
    action();
  } catch (error const& e) {
    return e.what();
  }
  return "no error";
}
inline bool holds(std::string const& text, char const* part) {
  return text.find(part) != std::string::npos;
}

}  // namespace deepseek::test
