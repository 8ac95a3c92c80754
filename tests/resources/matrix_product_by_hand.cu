// SPDX-License-Identifier: Apache-2.0
/// @file matrix_product in plain CUDA and instructions.

struct arguments {
  uint4 const* a;
  uint4 const* b;
  float2* c;
};

__device__ inline unsigned shared_address(void const* p) {
  return static_cast<unsigned>(__cvta_generic_to_shared(p));
}
__device__ inline void copy16(void* to, void const* from) {
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(shared_address(to)), "l"(from),
               "r"(16)
               : "memory");
}

__global__ void __launch_bounds__(32) matrix_product(__grid_constant__ arguments const p) {
  __shared__ struct {
    uint4 a[128];
    uint4 b[64];
  } shared;
  int const lane = threadIdx.x % 32;
  for (int i = 0; i < 4; ++i) copy16(&shared.a[lane + 32 * i], p.a + lane + 32 * i);
  for (int i = 0; i < 2; ++i) copy16(&shared.b[lane + 32 * i], p.b + lane + 32 * i);
  asm volatile("cp.async.commit_group;" ::: "memory");
  asm volatile("cp.async.wait_group 0;" ::: "memory");
  __syncthreads();
  float d[4] = {};
  for (int k = 0; k < 8; k += 2) {
    unsigned a[4];
    unsigned b[2];
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(a[0]), "=r"(a[1]), "=r"(a[2]), "=r"(a[3])
                 : "r"(shared_address(&shared.a[lane % 16 * 8 + k + lane / 16]))
                 : "memory");
    asm volatile("ldmatrix.sync.aligned.m8n8.x2.shared.b16 {%0, %1}, [%2];"
                 : "=r"(b[0]), "=r"(b[1])
                 : "r"(shared_address(&shared.b[lane % 8 * 8 + k + lane / 8 % 2]))
                 : "memory");
    asm volatile(
        "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, "
        "{%8, %9}, {%0, %1, %2, %3};"
        : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
  }
  p.c[lane] = {d[0], d[1]};
  p.c[32 + lane] = {d[2], d[3]};
}
