// SPDX-License-Identifier: Apache-2.0
/// @file oneDNN (2.6, Debian's libdnnl-dev): products in all types, operands and results as they lie.
///
/// `onednn` computes gelu by a primitive of its own; `onednn_fused` as a post-op of the product.
#include <oneapi/dnnl/dnnl.hpp>

#include <omp.h>

#include <memory>
#include <optional>
#include <unordered_map>

#include "../matmul_program.hpp"

namespace {

using dnnl::memory;
using type = memory::data_type;

struct product {
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};
  dnnl::matmul multiply;
  dnnl::eltwise_forward gelu;
  std::unordered_map<int, memory> operands;
  memory result;
  bool separate = false;

  void run() {
    multiply.execute(stream, operands);
    if (separate) gelu.execute(stream, {{DNNL_ARG_SRC, result}, {DNNL_ARG_DST, result}});
    stream.wait();
  }
};

type type_of(bench::element t) {
  return t == bench::element::f32 ? type::f32 : t == bench::element::int8 ? type::s8 : type::bf16;
}

std::optional<bench::work> make(bench::request const& asked, bench::matmul_case const& c,
                                bench::matmul_operands& data) {
  bool const with_gelu = c.law == bench::matmul_law::bias_gelu;
  bool const fused = asked.peer == "onednn_fused";
  if (fused && !with_gelu) return std::nullopt;
  omp_set_num_threads(asked.threads);
  auto const p = std::make_shared<product>();
  type const element = type_of(c.type);
  memory::desc const a({c.m, c.k}, element, {c.k, 1});
  memory::desc const b({c.k, c.n}, element, {c.row_stride(), c.column_stride()});
  memory::desc const bias({1, c.n}, type::f32, {c.n, 1});
  memory::desc const y({c.m, c.n}, element == type::s8 ? type::s32 : element, {c.n, 1});
  dnnl::primitive_attr with;
  if (fused) {
    dnnl::post_ops after;
    after.append_eltwise(1, dnnl::algorithm::eltwise_gelu_erf, 0, 0);
    with.set_post_ops(after);
  }
  auto const law = with_gelu ? dnnl::matmul::desc(a, b, bias, y) : dnnl::matmul::desc(a, b, y);
  p->multiply = dnnl::matmul({law, with, p->engine});
  p->result = memory(y, p->engine, data.y.data());
  p->operands = {{DNNL_ARG_SRC, memory(a, p->engine, data.a.data())},
                 {DNNL_ARG_WEIGHTS, memory(b, p->engine, data.b.data())},
                 {DNNL_ARG_DST, p->result}};
  if (with_gelu) p->operands.insert({DNNL_ARG_BIAS, memory(bias, p->engine, data.bias.data())});
  p->separate = with_gelu && !fused;
  if (p->separate)
    p->gelu = dnnl::eltwise_forward(
        {{dnnl::prop_kind::forward_inference, dnnl::algorithm::eltwise_gelu_erf, y, 0, 0},
         p->engine});
  return [=] { p->run(); };
}

constexpr char versions[] = "oneDNN " BENCH_TEXT(DNNL_VERSION_MAJOR) "." BENCH_TEXT(
    DNNL_VERSION_MINOR) "." BENCH_TEXT(DNNL_VERSION_PATCH);

}  // namespace

int main(int count, char** values) { return bench::matmul_main(count, values, versions, make); }
