// SPDX-License-Identifier: Apache-2.0
/// @file The few macros of the library. Nothing else may define one that outlives its file.
#pragma once

/// DEEPSEEK_VERSION: major * 10000 + minor * 100 + patch.
#define DEEPSEEK_VERSION 100

/// DEEPSEEK_HOST_DEVICE: callable from CPU and GPU code; plain C++ compilers see nothing.
/// DEEPSEEK_ANY_SIDE: put before a function template that calls whatever side its arguments are
/// from (an element rule applied to a CPU pack); silences nvcc's check of the other side.
#if defined(__CUDACC__)
#define DEEPSEEK_HOST_DEVICE __host__ __device__
#define DEEPSEEK_ANY_SIDE _Pragma("nv_exec_check_disable")
#else
#define DEEPSEEK_HOST_DEVICE
#define DEEPSEEK_ANY_SIDE
#endif

/// DEEPSEEK_DEVICE_PASS: 1 while nvcc compiles for a GPU; host-only includes are skipped then.
#if defined(__CUDA_ARCH__)
#define DEEPSEEK_DEVICE_PASS 1
#else
#define DEEPSEEK_DEVICE_PASS 0
#endif

/// DEEPSEEK_FORCE_INLINE: 0 leaves inlining to the compiler: for a debugger, and for builds that take less
/// time than their programs need not.
#if !defined(DEEPSEEK_FORCE_INLINE)
#define DEEPSEEK_FORCE_INLINE 1
#endif

/// DEEPSEEK_INLINE: must be inlined. Expression trees keep their state in registers only if every
/// level of the tree is; a compiler's own limits stop half-way up a large one.
/// DEEPSEEK_INLINE_LAMBDA: the same for a lambda, after its parameters.
#if DEEPSEEK_FORCE_INLINE
#define DEEPSEEK_INLINE inline __attribute__((always_inline))
#define DEEPSEEK_INLINE_LAMBDA __attribute__((always_inline))
#else
#define DEEPSEEK_INLINE inline
#define DEEPSEEK_INLINE_LAMBDA
#endif

/// DEEPSEEK_OUTLINE: a function of its own: a loop nest that is called from two places is compiled once.
#define DEEPSEEK_OUTLINE __attribute__((noinline))

/// DEEPSEEK_NOINLINE: keeps a cold path (an error text) out of a hot one.
#define DEEPSEEK_NOINLINE __attribute__((noinline, cold))

/// DEEPSEEK_EMPTY: a member of an empty type takes no room.
#define DEEPSEEK_EMPTY [[no_unique_address]]
