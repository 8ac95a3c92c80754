// SPDX-License-Identifier: Apache-2.0
/// @file Memory traffic beside the loads: stores past the cache, lines asked for ahead.
#pragma once

#include <deepseek/arch/cpu/intrinsics.hpp>
#include <deepseek/arch/cpu/pack.hpp>
#include <deepseek/arch/cpu/pack_memory.hpp>
#include <deepseek/arch/cpu/pack_split.hpp>

namespace deepseek::arch {

namespace detail {

template <class T, int N> DEEPSEEK_INLINE void stream_raw(void* p, pack<T, N> x) {
  constexpr int bytes = N * int(sizeof(T));
  if constexpr (bytes > vector_bytes && N > 1) {
    stream_raw(p, low(x));
    stream_raw(static_cast<char*>(p) + bytes / 2, high(x));
  }
#if defined(__x86_64__) && !DEEPSEEK_DEVICE_PASS
  else if constexpr (bytes == 16)
    _mm_stream_si128(static_cast<__m128i*>(p), (__m128i)x.v);
#if defined(__AVX__)
  else if constexpr (bytes == 32) _mm256_stream_si256(static_cast<__m256i*>(p), (__m256i)x.v);
#endif
#if defined(__AVX512F__)
  else if constexpr (bytes == 64) _mm512_stream_si512(static_cast<__m512i*>(p), (__m512i)x.v);
#endif
#endif
  else __builtin_memcpy(p, &x.v, sizeof x.v);
}

}  // namespace detail

/// As store, but past the cache. p must be aligned to the N elements' bytes, at most vector_bytes.
///
/// A store of 64 aligned bytes saves reading the line first. Other threads see the values in order
/// only after stream_fence(). Where a whole pack is under 16 bytes, and on processors without the
/// instruction, it is an ordinary store.
template <class T, class U, int N>
requires detail::loadable<T> || std::same_as<T, bool> DEEPSEEK_INLINE void stream_store(
    T* p, pack<U, N> x) {
  detail::stream_raw(p, detail::to_stored<T>(x));
}

/// Asks for the cache line of p, into the second-level cache; p need not be readable.
DEEPSEEK_INLINE void prefetch(void const* p) { __builtin_prefetch(p, 0, 2); }

/// Makes all stream_store calls of this thread visible before what it writes next.
DEEPSEEK_INLINE void stream_fence() {
#if defined(__x86_64__) && !DEEPSEEK_DEVICE_PASS
  _mm_sfence();
#else
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
#endif
}

}  // namespace deepseek::arch
