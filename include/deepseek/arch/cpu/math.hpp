// SPDX-License-Identifier: Apache-2.0
/// @file All elementary functions of packs.
#pragma once

#include <deepseek/arch/cpu/math_erf.hpp>
#include <deepseek/arch/cpu/math_exp.hpp>
#include <deepseek/arch/cpu/math_expm1.hpp>
#include <deepseek/arch/cpu/math_log.hpp>
#include <deepseek/arch/cpu/math_pow.hpp>
#include <deepseek/arch/cpu/math_tanh.hpp>
#include <deepseek/arch/cpu/math_trig.hpp>
