// SPDX-License-Identifier: Apache-2.0
/// @file product_program_sm90: a product with its epilogue as one kernel: by those of sm_90a where there are
/// such and tensor copies can read the operands, else as product_program.
#pragma once
#include <cstdint>

#include <deepseek/arch/gpu/tensor_map.hpp>
#include <deepseek/plan/gpu/matmul_sm90.hpp>
#include <deepseek/plan/gpu/product_program.hpp>

namespace deepseek::plan::gpu {

/// map_maker: how a machine makes tensor maps; null: it has no kernels of sm_90a.
using map_maker = arch::gpu::tensor_map (*)(arch::gpu::tensor_description const&);

/// product_program_sm90<E, A, B, Sum, Options>: as product_program. f of launch is called once if it is a
/// kernel of sm_90a.
template <class E, class A, class B, class Sum, product_options Options>
class product_program_sm90 : public product_program<E, A, B, Sum, Options> {
  using general = product_program<E, A, B, Sum, Options>;

 public:
  product_program_sm90(E const& e, kernel::product_operands<A, B> const& operands, address_range a,
                       address_range b, map_maker make_map)
      : general{e, operands, a, b}, make_map_{make_map} {}

  /// workspace_bytes(): of the sums of shares of k.
  [[nodiscard]] std::int64_t workspace_bytes() const {
    if (!by_sm90()) return general::workspace_bytes();
    auto const shares = shares_of_k();
    return shares.count == 1 ? 0 : this->share_bytes(shares.count);
  }
  template <class F> void launch(F const& f, void* workspace = nullptr) {
    if (by_sm90()) {
      auto const shares = shares_of_k();
      if (workspace != nullptr && shares.count > 1) {
        start_shares(f, shares, static_cast<Sum*>(workspace));
        return;
      }
      if (start_sm90(f)) return;
    }
    general::launch(f, workspace);
  }

 private:
  /// Each has the whole epilogue in it, so that there are few.
  static constexpr sm90_kernels kernels = Options.few ? sm90_kernels::one : sm90_kernels::few;

  [[nodiscard]] bool by_sm90() const {
    return make_map_ != nullptr && sm90_possible<Options.a, Options.b>(this->operands_);
  }
  template <class F> bool start_sm90(F const& f) const {
    return launch_sm90<Options.a, Options.b, kernels>(this->operands_, this->template epilogue<8>(),
                                                      make_map_, f);
  }

  [[nodiscard]] sm90_shares shares_of_k() const {
    constexpr int two_bytes = 2;
    return sm90_shares_of(this->operands_, two_bytes);
  }
  /// Shares of k by a kernel that does not know the epilogue, then their sums through it.
  template <class F> void start_shares(F const& f, sm90_shares const& shares, Sum* sums) const {
    launch_sm90<Options.a, Options.b, sm90_kernels::shared>(this->operands_,
                                                            this->store_of_shares(sums), make_map_,
                                                            f, kernel::no_scales{}, {}, shares);
    this->join(f, shares.count, sums);
  }

  map_maker make_map_;
};

}  // namespace deepseek::plan::gpu
