// SPDX-License-Identifier: Apache-2.0
/// @file Names for profilers: NVTX where the toolkit has it. The only header that includes it.
#pragma once
#if __has_include(<nvtx3/nvToolsExt.h>)
#include <nvtx3/nvToolsExt.h>

namespace deepseek::detail {

/// profiler_range: what the thread does until the end of the scope has this name in a profile.
class profiler_range {
 public:
  explicit profiler_range(char const* name) { nvtxRangePushA(name); }
  ~profiler_range() { nvtxRangePop(); }
  profiler_range(profiler_range const&) = delete;
  profiler_range& operator=(profiler_range const&) = delete;
};

}  // namespace deepseek::detail
#else
namespace deepseek::detail {

class profiler_range {
 public:
  explicit profiler_range(char const*) {}
};

}  // namespace deepseek::detail
#endif
