// SPDX-License-Identifier: Apache-2.0
/// @file OpenBLAS (Debian's libopenblas-dev): products of f32, the only of our types it has.
#include <cblas.h>

#include <optional>

#include "../matmul_program.hpp"

namespace {

std::optional<bench::work> make(bench::request const& asked, bench::matmul_case const& c,
                                bench::matmul_operands& data) {
  if (c.type != bench::element::f32 || c.law != bench::matmul_law::product) return std::nullopt;
  openblas_set_num_threads(asked.threads);
  int const m = int(c.m), n = int(c.n), k = int(c.k);
  bool const turned = c.b == bench::lies::turned;
  float const *const a = data.a.data(), *const b = data.b.data();
  return [=, y = data.y.data()] {
    cblas_sgemm(CblasRowMajor, CblasNoTrans, turned ? CblasTrans : CblasNoTrans, m, n, k, 1, a, k,
                b, turned ? k : n, 0, y, n);
  };
}

}  // namespace

int main(int count, char** values) {
  return bench::matmul_main(count, values, OPENBLAS_VERSION, make);
}
