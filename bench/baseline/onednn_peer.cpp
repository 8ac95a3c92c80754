// SPDX-License-Identifier: Apache-2.0
/// @file oneDNN (2.6, Debian's libdnnl-dev): each case through its primitives, f32, plain layouts.
///
/// oneDNN has no expression: what it cannot attach to a primitive as a post-op takes a primitive of
/// its own. It has no RMS norm in this version.
#include <oneapi/dnnl/dnnl.hpp>

#include <omp.h>

#include <unordered_map>
#include <vector>

#include "peer.hpp"

namespace {

using bench::operation;
using dnnl::algorithm;
using dnnl::memory;
using arguments = std::unordered_map<int, memory>;

memory::desc describe(memory::dims const& shape) {
  return {shape, memory::data_type::f32,
          shape.size() == 1 ? memory::format_tag::a : memory::format_tag::ab};
}

/// program: primitives run in order on one engine and stream.
class program {
 public:
  memory wrap(memory::dims const& shape, float* data) { return {describe(shape), engine_, data}; }
  memory make(memory::dims const& shape) { return {describe(shape), engine_}; }

  void add(dnnl::primitive const& step, arguments const& with) { steps_.push_back({step, with}); }

  void eltwise(algorithm law, float alpha, float beta, memory const& from, memory const& to) {
    dnnl::eltwise_forward::desc const d(dnnl::prop_kind::forward_inference, law, from.get_desc(),
                                        alpha, beta);
    add(dnnl::eltwise_forward({d, engine_}), {{DNNL_ARG_SRC, from}, {DNNL_ARG_DST, to}});
  }

  void binary(algorithm law, memory const& a, memory const& b, memory const& to,
              dnnl::primitive_attr const& with = {}) {
    dnnl::binary::desc const d(law, a.get_desc(), b.get_desc(), to.get_desc());
    add(dnnl::binary({d, with, engine_}),
        {{DNNL_ARG_SRC_0, a}, {DNNL_ARG_SRC_1, b}, {DNNL_ARG_DST, to}});
  }

  void reduce(algorithm law, memory const& from, memory const& to) {
    dnnl::reduction::desc const d(law, from.get_desc(), to.get_desc(), 0.0f, 0.0f);
    add(dnnl::reduction({d, engine_}), {{DNNL_ARG_SRC, from}, {DNNL_ARG_DST, to}});
  }

  dnnl::engine const& engine() const { return engine_; }

  void run() {
    for (step& s : steps_) s.primitive.execute(stream_, s.with);
    stream_.wait();
  }

 private:
  struct step {
    dnnl::primitive primitive;
    arguments with;
  };
  dnnl::engine engine_{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream_{engine_};
  std::vector<step> steps_;
};

void triad(program& p, memory const& a, memory const& b, memory const& y) {
  dnnl::primitive_attr with;
  with.set_scales(DNNL_ARG_SRC_0, 0, {bench::triad_scale});
  p.binary(algorithm::binary_add, a, b, y, with);
}

void gelu_chain(program& p, memory const& x, memory const& y) {
  dnnl::post_ops after;
  after.append_eltwise(1.0f, algorithm::eltwise_abs, 0.0f, 0.0f);
  after.append_eltwise(1.0f, algorithm::eltwise_linear, 1.0f, 1.0f);
  after.append_eltwise(1.0f, algorithm::eltwise_sqrt, 0.0f, 0.0f);
  after.append_eltwise(1.0f, algorithm::eltwise_clip, 0.0f, bench::chain_limit);
  dnnl::primitive_attr with;
  with.set_post_ops(after);
  p.eltwise(algorithm::eltwise_linear, bench::chain_scale, bench::chain_shift, x, y);
  p.eltwise(algorithm::eltwise_gelu_erf, 0.0f, 0.0f, y, y);
  p.binary(algorithm::binary_mul, y, x, y, with);
}

void softmax(program& p, memory const& x, memory const& y) {
  dnnl::softmax_v2_forward::desc const d(dnnl::prop_kind::forward_inference,
                                         algorithm::softmax_accurate, x.get_desc(), y.get_desc(),
                                         1);
  p.add(dnnl::softmax_v2_forward({d, p.engine()}), {{DNNL_ARG_SRC, x}, {DNNL_ARG_DST, y}});
}

void layer_norm(program& p, memory const& x, memory const& gain, memory const& bias,
                memory const& y) {
  using flags = dnnl::normalization_flags;
  dnnl::layer_normalization_forward::desc const d(dnnl::prop_kind::forward_inference, x.get_desc(),
                                                  bench::layer_norm_epsilon,
                                                  flags::use_scale | flags::use_shift);
  p.add(dnnl::layer_normalization_forward({d, p.engine()}),
        {{DNNL_ARG_SRC, x}, {DNNL_ARG_SCALE, gain}, {DNNL_ARG_SHIFT, bias}, {DNNL_ARG_DST, y}});
}

void min_max(program& p, memory const& x, memory::dim rows, memory const& y) {
  memory const low = p.make({rows, 1}), range = p.make({rows, 1});
  p.reduce(algorithm::reduction_min, x, low);
  p.reduce(algorithm::reduction_max, x, range);
  p.binary(algorithm::binary_sub, range, low, range);
  p.binary(algorithm::binary_sub, x, low, y);
  p.binary(algorithm::binary_div, y, range, y);
}

std::optional<bench::work> make(bench::request const& asked, bench::timed_case const& c,
                                bench::operands& data) {
  if (c.operation == operation::rms_norm) return std::nullopt;
  omp_set_num_threads(asked.threads);
  auto const p = std::make_shared<program>();
  memory::dims const table{c.rows, c.columns}, row{1, c.columns};
  memory const x = p->wrap(table, data.x.data());
  switch (c.operation) {
    case operation::triad:
      triad(*p, x, p->wrap(table, data.second.data()), p->wrap(table, data.y.data()));
      break;
    case operation::gelu_chain: gelu_chain(*p, x, p->wrap(table, data.y.data())); break;
    case operation::softmax: softmax(*p, x, p->wrap(table, data.y.data())); break;
    case operation::layer_norm:
      layer_norm(*p, x, p->wrap({c.columns}, data.second.data()),
                 p->wrap({c.columns}, data.third.data()), p->wrap(table, data.y.data()));
      break;
    case operation::min_max: min_max(*p, x, c.rows, p->wrap(table, data.y.data())); break;
    case operation::sum:
      p->reduce(algorithm::reduction_sum, x, p->wrap({1, 1}, data.y.data()));
      break;
    default: p->reduce(algorithm::reduction_sum, x, p->wrap(row, data.y.data())); break;
  }
  return [=] { p->run(); };
}

constexpr char versions[] = "oneDNN " BENCH_TEXT(DNNL_VERSION_MAJOR) "." BENCH_TEXT(
    DNNL_VERSION_MINOR) "." BENCH_TEXT(DNNL_VERSION_PATCH);

}  // namespace

int main(int count, char** values) { return bench::peer_main(count, values, versions, make); }
