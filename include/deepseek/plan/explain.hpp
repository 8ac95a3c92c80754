// SPDX-License-Identifier: Apache-2.0
/// @file explain(e): the plan in words: kernels, how each is walked, bytes, flops, the least time they
/// can take here, and why anything was split.
#pragma once
#include <cstdio>
#include <string>

#include <deepseek/plan/gpu/product_prologue.hpp>
#include <deepseek/plan/machine.hpp>
#include <deepseek/plan/report.hpp>

namespace deepseek {
namespace plan {

/// known_names: what the variables in sight are called.
struct no_known_names {};
template <class Id, class Outer> struct known_name {
  Outer const& outer;
  int number;
};
template <class Id> int number_of(no_known_names const&) { return -1; }
template <class Id, class Other, class Outer> int number_of(known_name<Other, Outer> const& names) {
  if constexpr (std::is_same_v<Id, Other>) return names.number;
  else return number_of<Id>(names.outer);
}

template <class E> std::string shape_text(E const& e) {
  std::string out = std::string(dtype_name(dtype_of<typename E::value_type>)) + "[";
  for (int axis = 0; axis < E::rank; ++axis)
    out += (axis > 0 ? ", " : "") + std::to_string(e.extents()[axis]);
  return out + "]";
}

inline std::string axes_text(unsigned mask, int rank) {
  std::string out = "axes<";
  bool first = true;
  for (int axis = 0; axis < rank; ++axis)
    if ((mask >> axis) & 1u) {
      out += (first ? "" : ", ") + std::to_string(axis);
      first = false;
    }
  return out + ">";
}

/// formula(e, names, lets): e as a formula; a let adds a line "v0 = …" to `lets` and is its variable.
template <class E, class Names>
std::string formula(E const& e, Names const& names, std::string& lets, int& count) {
  using namespace expr::detail;
  auto const under = [&](auto const& operand) { return formula(operand, names, lets, count); };
  if constexpr (is_leaf<E>) {
    return shape_text(e);
  } else if constexpr (is_scalar<E>) {
    char digits[40];
    std::snprintf(digits, sizeof digits, "%.6g", static_cast<double>(e.value));
    return digits;
  } else if constexpr (is_variable<E>) {
    return "v" + std::to_string(number_of<typename E::id_type>(names));
  } else if constexpr (is_let<E>) {
    std::string const bound = under(get<0>(e.operands));
    int const number = count++;
    lets += "  v" + std::to_string(number) + " = " + bound + "\n";
    known_name<typename E::id_type, Names> const inner{names, number};
    return formula(get<1>(e.operands), inner, lets, count);
  } else if constexpr (is_map<E>) {
    std::string const name = E::rule_type::name;
    bool const is_symbol = !((name[0] >= 'a' && name[0] <= 'z') || name[0] == '_');
    if constexpr (E::operand_count == 2) {
      if (is_symbol)
        return "(" + under(get<0>(e.operands)) + " " + name + " " + under(get<1>(e.operands)) + ")";
    }
    std::string out = name + "(";
    bool first = true;
    expr::for_each_operand(e, [&](auto const& operand) {
      constexpr bool mark = takes_tf32<E> && is_scalar<std::remove_cvref_t<decltype(operand)>>;
      if constexpr (mark) return;
      out += (first ? "" : ", ") + under(operand);
      first = false;
    });
    return out + ")";
  } else if constexpr (is_reduce<E>) {
    auto const& operand = get<0>(e.operands);
    return std::string(E::rule_type::name) + "(" + under(operand) + ", " +
           axes_text(E::axes_mask, operand.rank) + ")";
  } else if constexpr (is_scan<E>) {
    return std::string("cum") + E::rule_type::name + "(" + under(get<0>(e.operands)) + ", " +
           axes_text(1u << E::axis, E::rank) + ")";
  } else {
    char const* name = is_view_node<E>  ? "view"
                       : is_gather<E>   ? "gather"
                       : is_pad<E>      ? "pad"
                       : is_generate<E> ? "generate"
                       : takes_tf32<E>  ? "matmul<tf32>"
                       : is_contract<E> ? "matmul"
                       : is_reshape<E>  ? "reshape"
                       : is_outputs<E>  ? "outputs"
                                        : "named";
    if constexpr (is_call<E>) name = E::rule_type::name;
    std::string out = std::string(name) + "(";
    bool first = true;
    expr::for_each_operand(e, [&](auto const& operand) {
      constexpr bool mark = takes_tf32<E> && is_scalar<std::remove_cvref_t<decltype(operand)>>;
      if constexpr (mark) return;
      out += (first ? "" : ", ") + under(operand);
      first = false;
    });
    return out + ")";
  }
}

/// How the kernel of a product is walked on a GPU.
template <class E> std::string gpu_product_text() {
  using A = expr::operand_t<product_t<E>, 0>;
  using B = expr::operand_t<product_t<E>, 1>;
  constexpr bool of_a = !expr::detail::is_leaf<A>;
  constexpr bool of_b = !expr::detail::is_leaf<B>;
  using T = typename A::value_type;
  std::string text = "matrix product ";
  if constexpr (of_a || of_b) {
    text += "by mma, on sm_90a too; elements of ";
    text += of_a && of_b ? "a and b" : of_a ? "a" : "b";
    text += " are computed where tiles of them are filled";
  } else if constexpr (gpu::by_mma<T, typename B::value_type>) {
    text += "by mma";
    if constexpr (!std::is_integral_v<T>) text += ", by wgmma on sm_90a";
  } else {
    text += "on CUDA cores";
  }
  if constexpr (!expr::detail::is_contract<E>)
    text += "; what is above it runs over the sums that threads have";
  return text;
}

/// A line for each operand of a product on a GPU that is in memory before: why it is.
template <class E> void add_stored_reasons(E const& e, std::string& text) {
  if constexpr (expr::detail::is_contract<E>) {
    auto const add = [&](char const* name, char const* reason) {
      if (reason != nullptr)
        text += std::string(name) + " is evaluated into memory: " + reason + "\n";
    };
    add("a", gpu::stored_reason<E, 0>());
    add("b", gpu::stored_reason<E, 1>());
  }
  expr::for_each_operand(e, [&](auto const& operand) { add_stored_reasons(operand, text); });
}

/// How a kernel is walked.
template <class E, class Fusion> std::string walk_text() {
  using namespace expr::detail;
  if constexpr (holds_product<E>() && std::is_same_v<Fusion, on_gpu>) {
    return gpu_product_text<E>();
  } else if constexpr (holds_product<E>()) {
    std::string text = "matrix product, b packed in panels, a block of rows in registers";
    using Product = product_t<E>;
    if constexpr (!is_leaf<expr::operand_t<Product, 0>>)
      text += "; rows of a are evaluated as they are packed";
    if constexpr (!is_leaf<expr::operand_t<Product, 1>>)
      text += "; blocks of b are evaluated as they are packed";
    if constexpr (!is_contract<E>)
      text += "; what is above it runs over each piece of the product while that is in the cache";
    return text;
  } else if constexpr (is_call<E>) {
    return "an algorithm over its whole operands";
  } else {
    constexpr facts f = analyse<E, identity_map<E::rank>, empty_scope, E::rank>();
    if constexpr (f.set_count == 0) {
      return "elementwise, one pass";
    } else {
      bool const along = ((f.sets[0] >> f.last_axis) & 1u) != 0;
      return std::string("rows along ") + axes_text(f.sets[0], f.axes) +
             (along ? ", lanes along the row" : ", lanes across rows") +
             ", each row read once, later passes from the cache";
    }
  }
}

/// Why a kernel is not part of the one that uses it.
template <class E> char const* split_reason() {
  if constexpr (expr::detail::is_contract<E>)
    return "what uses the product needs it in memory, or elsewhere than element by element and "
           "along rows";
  else if constexpr (expr::detail::is_call<E>) return "its results are read from memory";
  else if constexpr (analyse<E, identity_map<E::rank>, empty_scope, E::rank>().set_count > 0)
    return "what uses it reduces along other axes, or needs it in memory (product, call, "
           "reshape, gather)";
  else return "what uses it needs it in memory (product, call, reshape, gather)";
}

inline std::string quantity(double value, char const* unit) {
  static constexpr char const* prefix[] = {"", "k", "M", "G", "T"};
  int step = 0;
  while (value >= 1000 && step < 4) {
    value /= 1000;
    ++step;
  }
  char digits[64];
  std::snprintf(digits, sizeof digits, "%.3g %s%s", value, prefix[step], unit);
  return digits;
}

}  // namespace plan

/// explain(e, m): what running e does, as text: for each kernel its formula, how it is walked, bytes,
/// flops and the least time on machine m; why it is a kernel of its own. explain<on_gpu>(e, m): what it
/// does on a GPU, of which m has the numbers.
///
///   std::puts(explain(softmax(x * scale + bias, last)).c_str());
///   std::puts(explain<on_gpu>(silu(matmul(rms_norm(x, g), w)), {4.8e12, 989e12}).c_str());
///
/// @cost   nothing of e runs; the first call without a machine measures this one (0.1 s)
/// @example examples/quickstart.cpp (region: explain)
template <class Fusion = plan::fuses_all, operand X>
std::string explain(X const& x, machine const& m = measured_host()) {
  auto const e = plan::resolve_names(as_expression(x));
  std::string out;
  int number = 0;
  int total = 0;
  plan::for_each_kernel<Fusion>(e, [&](auto const&, double) { ++total; });
  plan::for_each_kernel<Fusion>(e, [&](auto const& kernel, double written) {
    using E = std::remove_cvref_t<decltype(kernel)>;
    plan::traffic const t = plan::traffic_of(kernel, written);
    double const work = expr::total_flops(kernel);
    double const memory_s = (t.read_bytes + t.written_bytes) / m.bytes_per_second;
    double const compute_s = work / m.flops_per_second;
    std::string lets;
    int count = 0;
    std::string const result = plan::formula(kernel, plan::no_known_names{}, lets, count);
    ++number;
    char line[160];
    out += "kernel " + std::to_string(number) + " of " + std::to_string(total) + ": " +
           plan::walk_text<E, Fusion>() + "\n" + lets + "  " + result + "\n";
    if (number < total) out += std::string("  apart because ") + plan::split_reason<E>() + "\n";
    std::snprintf(line, sizeof line, "  at least %.3g ms, bound by %s\n",
                  1e3 * (memory_s > compute_s ? memory_s : compute_s),
                  memory_s > compute_s ? "memory" : "arithmetic");
    out += "  reads " + plan::quantity(t.read_bytes, "B") + ", writes " +
           plan::quantity(t.written_bytes, "B") + ", " + plan::quantity(work, "flop") + "\n" + line;
  });
  if constexpr (std::is_same_v<Fusion, on_gpu>) plan::add_stored_reasons(e, out);
  return out;
}

}  // namespace deepseek
