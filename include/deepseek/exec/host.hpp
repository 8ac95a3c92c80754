// SPDX-License-Identifier: Apache-2.0
/// @file host: runs assignments on the processor, with all cores and the widest vectors it was built for.
#pragma once
#include <deepseek/exec/detail/assign_checks.hpp>
#include <deepseek/exec/detail/index_checks.hpp>
#include <deepseek/plan/names.hpp>
#include <deepseek/tensor/tensor.hpp>

// While nvcc compiles for a GPU, host loops are neither needed nor possible (vectors of the host do
// not exist there), and leaving them out halves the time of that pass.
#if !DEEPSEEK_DEVICE_PASS
#include <deepseek/exec/detail/host_calls.hpp>
#include <deepseek/exec/detail/host_run.hpp>
#include <deepseek/loop/thread_pool.hpp>
#endif

namespace deepseek {

/// host: the executor of the processor. `(y = e).run(host{})` returns when y is written.
///
/// @cost   threads are started at the first run and kept; small work stays on the calling thread
/// @fails  shape_error, dtype_error, device_error, memory_error: before anything is written
struct host {
  int threads = 0;  ///< at most so many; 0: as many as the process has cores
};

namespace detail {
#if DEEPSEEK_DEVICE_PASS
template <class E, class Views> void run_on_host(E const&, Views const&, host const&);
#else
template <class E, class Views>
void run_on_host(E const& e, Views const& target, host const& executor) {
  int const threads = executor.threads > 0 ? executor.threads : loop::available_cores();
  run_assignment(e, target, host_machine{threads});
}
#endif

}  // namespace detail

/// execute(host, y = e): what `.run(host{})` calls.
template <class Destination, class E>
void execute(host const& executor, assignment<Destination, E> const& a) {
  if constexpr (valid<E>) {
    detail::check_space(a.expression);
    detail::check_indices(a.expression);
    auto const named = plan::resolve_names(a.expression);
    detail::run_on_host(named, detail::targets_of(a.destination), executor);
  }
}

/// eval(e): a tensor of e's values, computed on the host.
///
/// @shape   e's                @dtype e's value_type          @cost kernel_count<E> kernels
template <operand X> auto eval(X const& x, host const& executor = {}) {
  auto const e = as_expression(x);
  using E = std::remove_cvref_t<decltype(e)>;
  if constexpr (!valid<E>) {
    return why::invalid{};
  } else {
    tensor<typename E::value_type, typename E::dims_type> result{e.extents()};
    (result = e).run(executor);
    return result;
  }
}

}  // namespace deepseek
