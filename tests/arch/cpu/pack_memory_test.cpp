// SPDX-License-Identifier: Apache-2.0
/// @file Laws of loads and stores: right values, and not one byte beside them.
#include <deepseek/arch/cpu/pack_memory.hpp>
#include <doctest/doctest.h>

#include <cstdint>
#include <cstring>
#include <random>
#include <vector>

#include "guarded_memory.hpp"
#include "pack_cases.hpp"

namespace arch = deepseek::arch;
using arch::detail::loaded;
using arch::detail::stored;

namespace {

template <class F> void for_elements(F f) {
  cases::for_types<float, double, deepseek::f16, deepseek::bf16, deepseek::fp8_e4m3,
                   deepseek::fp8_e5m2, std::int8_t, std::int16_t, std::int32_t, std::int64_t,
                   std::uint8_t>(f);
}

/// Fills memory with random codes that are no NaN.
template <class T, class Random> void fill(T* p, int count, Random& random) {
  for (int i = 0; i < count; ++i) {
    if constexpr (arch::small_float<T>) p[i] = T(float(int(random() % 201) - 100) / 4);
    else p[i] = T(int(random() % 201) - 100);
  }
}

/// The bytes of an element, to compare memory that was not to change.
template <class T> bool same_bytes(T const& a, T const& b) {
  return std::memcmp(&a, &b, sizeof a) == 0;
}

}  // namespace

TEST_CASE("load: lanes are the elements in the type they are computed in; store is the way back") {
  std::mt19937_64 random(17);
  for_elements([&](auto t) {
    cases::for_sizes([&](auto n) {
      using T = decltype(t);
      test::guarded_memory<T> in{std::size_t(n())}, out{std::size_t(n())};
      T* const p = in.data();
      fill(p, n(), random);
      auto const x = arch::load<n()>(p);
      static_assert(std::is_same_v<typename decltype(x)::element, deepseek::compute_t<T>>);
      CHECK(cases::lanes_are(x, [&](auto i) { return loaded<T>(p[i]); }));
      arch::store(out.data(), x);
      CHECK(std::memcmp(out.data(), p, sizeof(T) * std::size_t(n())) == 0);
      CHECK(cases::lanes_are(arch::load<n()>(in.front()), [&](auto i) {
        T first;
        std::memcpy(&first, in.front() + i, sizeof first);
        return loaded<T>(first);
      }));
    });
  });
}

TEST_CASE("load_n, store_n: the first n lanes, and no byte of memory beyond") {
  std::mt19937_64 random(18);
  for_elements([&](auto t) {
    cases::for_sizes([&](auto n) {
      using T = decltype(t);
      using L = loaded<T>;
      for (int count = 0; count <= n(); ++count) {
        auto const size = std::size_t(count);
        test::guarded_memory<T> in(size), out(size);
        T* const p = in.data();
        fill(p, count, random);
        CHECK(cases::lanes_are(arch::load_n<n()>(p, count),
                               [&](auto i) { return i < size ? L(p[i]) : L(0); }));
        auto const x = arch::load_n<n()>(p, count, L(7));
        CHECK(cases::lanes_are(x, [&](auto i) { return i < size ? L(p[i]) : L(7); }));
        T const before = out.data()[-1];
        arch::store_n(out.data(), x, count);
        CHECK(std::memcmp(out.data(), p, sizeof(T) * size) == 0);
        CHECK(same_bytes(out.data()[-1], before));
        // Behind the n elements there may also be memory; it keeps its contents.
        std::vector<T> room(std::size_t(n()) + 1, T(3));
        arch::store_n(room.data(), x, count);
        bool kept = true;
        for (std::size_t i = size; i < room.size(); ++i) kept = kept && same_bytes(room[i], T(3));
        CHECK(kept);
      }
    });
  });
}

TEST_CASE("store: another type is converted by the rule of base/convert.hpp, rounded once") {
  std::mt19937_64 random(19);
  for_elements([&](auto to) {
    cases::for_types<float, double, std::int32_t, std::int64_t>([&](auto from) {
      using To = decltype(to);
      using From = decltype(from);
      for (int k = 0; k < 50; ++k) {
        auto a = cases::some_lanes<From, 16>(random);
        for (From& x : a) x = cases::is_nan(x) ? From(1) : x;
        To out[16];
        arch::store(out, cases::to_pack(a));
        bool right = true;
        for (std::size_t i = 0; i < 16; ++i)
          right = right && same_bytes(out[i], deepseek::convert<To>(a[i]));
        CHECK(right);
      }
    });
  });
}

TEST_CASE("load_mask, store_mask: bools in memory are masks for lanes of any type") {
  std::mt19937_64 random(20);
  cases::for_types<float, double, std::int8_t, std::int32_t>([&](auto t) {
    cases::for_sizes([&](auto n) {
      using T = decltype(t);
      for (int count : {0, 1, n() / 2, n() - 1, int(n())}) {
        auto const size = std::size_t(count);
        test::guarded_memory<bool> in{std::size_t(n())}, part{size}, out{size};
        for (int i = 0; i < n(); ++i) in.data()[i] = random() % 2;
        for (int i = 0; i < count; ++i) part.data()[i] = in.data()[i];
        auto const m = arch::load_mask<n(), T>(in.data());
        CHECK(cases::lanes_are(m, [&](auto i) { return in.data()[i]; }));
        CHECK(cases::lanes_are(arch::load_mask_n<n(), T>(part.data(), count),
                               [&](auto i) { return i < size && in.data()[i]; }));
        arch::store_mask_n(out.data(), m, count);
        CHECK(std::memcmp(out.data(), in.data(), size) == 0);
        test::guarded_memory<bool> whole{std::size_t(n())};
        arch::store_mask(whole.data(), m);
        CHECK(std::memcmp(whole.data(), in.data(), std::size_t(n())) == 0);
      }
    });
  });
}

TEST_CASE("store: to bool, whatever is not zero is true, NaN too") {
  cases::lanes<float, 4> const a{0.0f, -0.0f, NAN, 0.25f};
  bool out[4];
  arch::store(out, cases::to_pack(a));
  CHECK((!out[0] && !out[1] && out[2] && out[3]));
  bool two[2] = {true, true};
  arch::store_n(two, cases::to_pack(a), 1);
  CHECK((!two[0] && two[1]));
}
