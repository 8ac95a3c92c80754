// SPDX-License-Identifier: Apache-2.0
/// @file The library's core in one include, for users: tensors, expressions, verbs, the host executor.
///
/// Adapters (npy, safetensors, DLPack, mdspan) and explain() stand apart, since they cost more to include.
#pragma once

#include <deepseek/base/arguments.hpp>
#include <deepseek/base/bfloat16.hpp>
#include <deepseek/base/config.hpp>
#include <deepseek/base/convert.hpp>
#include <deepseek/base/dtype.hpp>
#include <deepseek/base/error.hpp>
#include <deepseek/base/fixed_string.hpp>
#include <deepseek/base/float16.hpp>
#include <deepseek/base/float8.hpp>
#include <deepseek/base/numeric_traits.hpp>
#include <deepseek/base/philox.hpp>
#include <deepseek/base/text.hpp>
#include <deepseek/base/why.hpp>
#include <deepseek/shape/axes.hpp>
#include <deepseek/shape/broadcast.hpp>
#include <deepseek/shape/dims.hpp>
#include <deepseek/shape/layout.hpp>
#include <deepseek/tensor/assignment.hpp>
#include <deepseek/tensor/storage.hpp>
#include <deepseek/tensor/tensor.hpp>
#include <deepseek/tensor/view.hpp>
#include <deepseek/expr/bind.hpp>
#include <deepseek/expr/contract.hpp>
#include <deepseek/expr/cost.hpp>
#include <deepseek/expr/indexed.hpp>
#include <deepseek/expr/leaf.hpp>
#include <deepseek/expr/map.hpp>
#include <deepseek/expr/node.hpp>
#include <deepseek/expr/reduce.hpp>
#include <deepseek/expr/view_node.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/exponential.hpp>
#include <deepseek/ops/extremum.hpp>
#include <deepseek/ops/matmul.hpp>
#include <deepseek/ops/power.hpp>
#include <deepseek/ops/reduce_rules.hpp>
#include <deepseek/ops/sum.hpp>
#include <deepseek/ops/truth.hpp>
#include <deepseek/plan/report.hpp>
#include <deepseek/plan/split.hpp>
#include <deepseek/exec/host.hpp>
