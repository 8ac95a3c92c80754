// SPDX-License-Identifier: Apache-2.0
/// @file The algorithms behind calls (call.hpp), on the processor.
#pragma once
#include <deepseek/exec/detail/host_run.hpp>
#include <deepseek/loop/top_k.hpp>
#include <deepseek/ops/call_rules.hpp>

namespace deepseek::detail {

template <int Axis, std::int64_t K, class Operands, class Results>
void call_on(host_machine const& machine, rules::top_k<Axis, K> const& rule,
             Operands const& operands, Results const& results) {
  loop::top_k_rows(loop::rows_of(get<0>(operands), Axis), rule.k, {rule.largest, rule.sorted},
                   loop::rows_of(get<0>(results), Axis), loop::rows_of(get<1>(results), Axis),
                   machine.threads);
}

}  // namespace deepseek::detail
