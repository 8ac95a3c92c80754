// SPDX-License-Identifier: Apache-2.0
/// @file Reductions of segments (ops/segment.hpp), by kernels.
#pragma once
#include <deepseek/exec/detail/call_checks.hpp>
#include <deepseek/exec/detail/call_rows.hpp>
#include <deepseek/kernel/launch_shape.hpp>
#include <deepseek/kernel/segments.hpp>
#include <deepseek/ops/call_rules.hpp>

namespace deepseek::detail {

template <runs_kernels Machine, class Reduce, class Operands, class Results>
void call_on(Machine const& machine, rules::segment<Reduce> const&, Operands const& operands,
             Results const& results) {
  using T = typename std::remove_cvref_t<decltype(get<0>(operands))>::value_type;
  using Index = typename std::remove_cvref_t<decltype(get<1>(operands))>::value_type;
  using Y = typename std::remove_cvref_t<decltype(get<0>(results))>::value_type;
  using first = kernel::segment_reduce<Reduce, T, Y, Index>;
  using second = kernel::segment_join<Reduce, T, Y, Index>;
  auto const& offsets = get<1>(operands);
  if constexpr (Machine::space == memory_space::host)
    check_segments(Reduce::name, offsets, get<0>(operands).extent(0));
  if (get<0>(results).size() == 0) return;
  auto const x = slices_to_read<0>(get<0>(operands), machine);
  slices_to_write<0>(get<0>(results), machine, [&](auto const& y) {
    auto const team = kernel::segment_team_for(y.extent, x.extent, x.inner, 2 * machine.blocks());
    int const blocks = kernel::blocks_for(team.pieces(y.extent, x.inner));
    std::int64_t const step = offsets.stride(0);
    auto const start = [&](typename first::state* states, auto const& written) {
      machine.start(
          first{x.data, offsets.data(), y.data, states, step, y.extent, x.extent, x.inner, team},
          {blocks, 1, 1}, reads(x, "x"), reads_list(offsets, "offsets"), written);
    };
    if (team.parts == 1) {
      start(nullptr, writes(y, "y"));
      return;
    }
    auto const states = new_rows<typename first::state>(y.extent * team.parts, x.inner, machine);
    start(states.data, writes(states, "states of parts"));
    machine.start(
        second{states.data, offsets.data(), y.data, step, y.extent, x.extent, x.inner, team.parts},
        {blocks_of_elements(y.size()), 1, 1}, reads(states, "states of parts"),
        reads_list(offsets, "offsets"), writes(y, "y"));
  });
}

}  // namespace deepseek::detail
