// SPDX-License-Identifier: Apache-2.0
/// @file Laws of DLPack: no copy, one call of the deleter, and no pointer followed unchecked.
#include <deepseek/tensor/dlpack.hpp>
#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "files.hpp"

#if __has_include(<dlpack/dlpack.h>)
#include <dlpack/dlpack.h>
#endif

namespace ds = deepseek;
namespace dlpack = ds::dlpack;
using ds::dims;
using ds::dyn;
using ds::tensor;
using ds::test::contains;
using ds::test::message_of;

namespace {

/// A tensor as another framework would hand it out; counts the calls of its deleter.
struct foreign {
  std::vector<std::int64_t> shape;
  std::vector<std::int64_t> strides;
  dlpack::managed_tensor managed{};
  int deleted = 0;

  foreign(void* data, std::vector<std::int64_t> extents, std::vector<std::int64_t> steps = {})
      : shape{std::move(extents)}, strides{std::move(steps)} {
    managed.dl_tensor = {data,
                         {dlpack::device_cpu, 0},
                         static_cast<int>(shape.size()),
                         {dlpack::code_float, 32, 1},
                         shape.data(),
                         strides.empty() ? nullptr : strides.data(),
                         0};
    managed.manager_ctx = this;
    managed.deleter = [](dlpack::managed_tensor* self) {
      ++static_cast<foreign*>(self->manager_ctx)->deleted;
    };
  }
  foreign(foreign const&) = delete;
  foreign& operator=(foreign const&) = delete;
};

}  // namespace

TEST_CASE("to_dlpack: the receiver sees the same memory, with shape and strides") {
  tensor<float, dims<2, dyn>> x{3};
  for (int i = 0; i < 6; ++i) x.data()[i] = static_cast<float>(i);
  auto* const out = ds::to_dlpack(x);
  auto const& fields = out->dl_tensor;
  CHECK(fields.data == x.data());
  CHECK(fields.byte_offset == 0);
  CHECK(fields.ndim == 2);
  CHECK(fields.shape[0] == 2);
  CHECK(fields.shape[1] == 3);
  CHECK(fields.strides[0] == 3);
  CHECK(fields.strides[1] == 1);
  CHECK(fields.device.device_type == 1);
  CHECK(fields.device.device_id == 0);
  static_cast<float*>(fields.data)[4] = 40.0F;
  CHECK(x(1, 1) == 40.0F);
  CHECK(x.memory().owners() == 2);
  out->deleter(out);
  CHECK(x.memory().owners() == 1);
}

TEST_CASE("to_dlpack: the memory outlives the tensor") {
  auto* const out = ds::to_dlpack(tensor<double, dims<3>>{1.0, 2.0, 3.0});
  CHECK(static_cast<double*>(out->dl_tensor.data)[2] == 3.0);
  out->deleter(out);  // a leak or a second free is found by the sanitizers
}

TEST_CASE("to_dlpack: rank 0 and no elements") {
  auto* const scalar = ds::to_dlpack(tensor<float, dims<>>{7.5F});
  CHECK(scalar->dl_tensor.ndim == 0);
  CHECK(*static_cast<float*>(scalar->dl_tensor.data) == 7.5F);
  scalar->deleter(scalar);
  auto* const none = ds::to_dlpack(tensor<float, dims<dyn, 4>>{0});
  CHECK(none->dl_tensor.shape[0] == 0);
  none->deleter(none);
}

TEST_CASE("to_dlpack: type codes are DLPack's") {
  auto const check = [](auto value, int code, int bits) {
    auto* const out = ds::to_dlpack(tensor<decltype(value), dims<1>>{value});
    CHECK(out->dl_tensor.dtype.code == code);
    CHECK(out->dl_tensor.dtype.bits == bits);
    CHECK(out->dl_tensor.dtype.lanes == 1);
    auto const back = ds::from_dlpack<decltype(value), dims<1>>(out);
    CHECK(std::memcmp(back.data(), &value, sizeof value) == 0);
  };
  check(1.5, 2, 64);
  check(1.5F, 2, 32);
  check(ds::f16{1.5F}, 2, 16);
  check(ds::bf16{1.5F}, 4, 16);
  check(ds::fp8_e4m3{1.5F}, 10, 8);
  check(ds::fp8_e5m2{1.5F}, 12, 8);
  check(std::int8_t{-3}, 0, 8);
  check(std::int16_t{-3}, 0, 16);
  check(std::int32_t{-3}, 0, 32);
  check(std::int64_t{-3}, 0, 64);
  check(std::uint8_t{3}, 1, 8);
  check(true, 6, 8);
}

TEST_CASE("from_dlpack: no copy, and the deleter is called once, by the last owner") {
  float data[6] = {0, 1, 2, 3, 4, 5};
  foreign given{data, {2, 3}};
  {
    auto first = ds::from_dlpack<float, dims<dyn, 3>>(&given.managed);
    CHECK(first.data() == data);
    CHECK(first(1, 2) == 5.0F);
    first(0, 0) = 10.0F;
    CHECK(data[0] == 10.0F);
    auto const second = std::move(first);
    ds::storage const third = second.memory();
    CHECK(given.deleted == 0);
  }
  CHECK(given.deleted == 1);
}

TEST_CASE("from_dlpack: a tensor without a deleter is used and left alone") {
  float data[2] = {1, 2};
  foreign given{data, {2}};
  given.managed.deleter = nullptr;
  CHECK(ds::from_dlpack<float, dims<2>>(&given.managed)(1) == 2.0F);
}

TEST_CASE("from_dlpack: when it throws, the deleter is still the caller's") {
  float data[6] = {};
  foreign given{data, {2, 3}};
  CHECK_THROWS_AS((void)(ds::from_dlpack<double, dims<2, 3>>(&given.managed)), ds::dtype_error);
  CHECK_THROWS_AS((void)(ds::from_dlpack<float, dims<6>>(&given.managed)), ds::shape_error);
  foreign transposed{data, {2, 3}, {1, 2}};
  CHECK_THROWS_AS((void)(ds::from_dlpack<float, dims<2, 3>>(&transposed.managed)), ds::shape_error);
  CHECK(given.deleted == 0);
  CHECK(transposed.deleted == 0);
}

TEST_CASE("view_dlpack: strides and byte offset are followed; the deleter is not touched") {
  float data[12] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  foreign given{data, {3, 2}, {1, 4}};
  given.managed.dl_tensor.byte_offset = 4;
  auto const x = ds::view_dlpack<float, dims<dyn, dyn>>(given.managed);
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 2; ++j) CHECK(x(i, j) == data[1 + i + 4 * j]);
  CHECK_FALSE(x.contiguous());
  CHECK(given.deleted == 0);
}

TEST_CASE("from_dlpack: strides of axes with one element do not matter") {
  float data[3] = {1, 2, 3};
  foreign given{data, {1, 3, 1}, {77, 1, -5}};
  CHECK(ds::from_dlpack<float, dims<1, 3, 1>>(&given.managed)(0, 2, 0) == 3.0F);
  CHECK(given.deleted == 1);
}

TEST_CASE("view_dlpack: device memory is marked as such, other devices are refused") {
  foreign given{reinterpret_cast<void*>(0x1000), {2}};
  given.managed.dl_tensor.device.device_type = dlpack::device_cuda;
  CHECK(ds::view_dlpack<float, dims<2>>(given.managed).space() == ds::memory_space::device);
  given.managed.dl_tensor.device.device_type = 10;
  CHECK(contains(
      message_of<ds::device_error>([&] { (void)ds::view_dlpack<float, dims<2>>(given.managed); }),
      "[DS-DLPACK-DEVICE] the tensor is on device type 10"));
}

TEST_CASE("view_dlpack: another dtype is refused with both") {
  float data[2] = {};
  foreign given{data, {2}};
  auto const looking = [&] {
    return message_of<ds::dtype_error>(
        [&] { (void)ds::view_dlpack<ds::bf16, dims<2>>(given.managed); });
  };
  CHECK(contains(looking(), "code 2, 32 bits, 1 lanes; asked for is bf16: code 4, 16 bits"));
  given.managed.dl_tensor.dtype = {dlpack::code_bfloat, 16, 4};
  CHECK(contains(looking(), "4 lanes"));
}

TEST_CASE("view_dlpack: ranks, extents and pointers that cannot be") {
  float data[2] = {};
  auto const looking = [](foreign& given) {
    return message_of<ds::error>(
        [&] { (void)ds::view_dlpack<float, dims<dyn, dyn>>(given.managed); });
  };
  foreign vector{data, {2}};
  CHECK(contains(looking(vector), "shape [2], asked for is [dyn, dyn]"));
  foreign negative{data, {2, -1}};
  CHECK(contains(looking(negative), "[DS-DLPACK-SHAPE]"));
  foreign huge{data, {std::int64_t{1} << 40, std::int64_t{1} << 40}};
  CHECK(contains(looking(huge), "[DS-DLPACK-SHAPE]"));
  foreign shapeless{data, {2, 1}};
  shapeless.managed.dl_tensor.shape = nullptr;
  CHECK(contains(looking(shapeless), "no shape"));
  shapeless.managed.dl_tensor.ndim = -1;
  CHECK(contains(looking(shapeless), "rank -1"));
  foreign null{nullptr, {2, 1}};
  CHECK(contains(looking(null), "null pointer"));
  foreign empty{nullptr, {0, 1}};
  CHECK(looking(empty) == "no error");
  foreign shifted{data, {1, 1}};
  shifted.managed.dl_tensor.byte_offset = 2;
  CHECK(contains(looking(shifted), "4 does not divide"));
  CHECK(contains(message_of<ds::argument_error>([] {
                   (void)ds::from_dlpack<float, dims<1>>(
                       static_cast<dlpack::managed_tensor*>(nullptr));
                 }),
                 "null pointer"));
}

#if __has_include(<dlpack/dlpack.h>)
TEST_CASE("dlpack: the structures have the layout of the original header") {
  CHECK(sizeof(DLManagedTensor) == sizeof(dlpack::managed_tensor));
  CHECK(offsetof(DLTensor, data) == offsetof(dlpack::tensor_fields, data));
  CHECK(offsetof(DLTensor, device) == offsetof(dlpack::tensor_fields, device));
  CHECK(offsetof(DLTensor, ndim) == offsetof(dlpack::tensor_fields, ndim));
  CHECK(offsetof(DLTensor, dtype) == offsetof(dlpack::tensor_fields, dtype));
  CHECK(offsetof(DLTensor, shape) == offsetof(dlpack::tensor_fields, shape));
  CHECK(offsetof(DLTensor, strides) == offsetof(dlpack::tensor_fields, strides));
  CHECK(offsetof(DLTensor, byte_offset) == offsetof(dlpack::tensor_fields, byte_offset));
  CHECK(offsetof(DLManagedTensor, manager_ctx) == offsetof(dlpack::managed_tensor, manager_ctx));
  CHECK(offsetof(DLManagedTensor, deleter) == offsetof(dlpack::managed_tensor, deleter));
  CHECK(int{kDLCPU} == int{dlpack::device_cpu});
  CHECK(int{kDLCUDA} == int{dlpack::device_cuda});
  CHECK(int{kDLInt} == int{dlpack::code_int});
  CHECK(int{kDLUInt} == int{dlpack::code_uint});
  CHECK(int{kDLFloat} == int{dlpack::code_float});
  CHECK(int{kDLBfloat} == int{dlpack::code_bfloat});
}

TEST_CASE("dlpack: the original structures pass in both directions") {
  tensor<float, dims<2>> x{1.0F, 2.0F};
  DLManagedTensor* const out = ds::to_dlpack<DLManagedTensor>(x);
  CHECK(out->dl_tensor.device.device_type == kDLCPU);
  auto const back = ds::from_dlpack<float, dims<2>>(out);
  CHECK(back.data() == x.data());
  CHECK(x.memory().owners() == 2);
}
#endif
