// SPDX-License-Identifier: Apache-2.0
/// @file machine: what a thread of a kernel asks of whatever runs it where that is not a GPU.
///
/// In device code the functions of arch/gpu/ are instructions. In host code they ask the machine that
/// runs the calling thread; arch/emulated/ is one. A kernel's source includes this alone, not what runs
/// it.
#pragma once
#include <cstdint>

#include <deepseek/base/config.hpp>

namespace deepseek::arch::gpu {

/// warp_size: threads that issue together.
inline constexpr int warp_size = 32;
/// warpgroup_threads: four warps, the first of them a multiple of four, that multiply together.
inline constexpr int warpgroup_threads = 128;
/// all_lanes: a mask of lanes with all of a warp.
inline constexpr std::uint32_t all_lanes = 0xffffffffu;

/// grid_extent: blocks of a grid along its axes, or which of them.
struct grid_extent {
  int x = 1;
  int y = 1;
  int z = 1;
  friend bool operator==(grid_extent const&, grid_extent const&) = default;
};

#if DEEPSEEK_DEVICE_PASS
namespace detail {
/// architecture<>: 80 for sm_80; a template, so that only what is used is checked.
template <class> inline constexpr int architecture = __CUDA_ARCH__ / 10;
}  // namespace detail
#endif

/// thread_place: where a thread is.
struct thread_place {
  int thread = 0;
  int threads = 1;  ///< of its block
  grid_extent block;
  grid_extent grid;
  int cluster_rank = 0;  ///< of its block
  int cluster_blocks = 1;
};

/// lane_values: what each lane of a warp put into a collective; those out of the mask are null.
struct lane_values {
  void const* of[warp_size] = {};
};

/// product_state: groups of products of a thread: the one that is open, and the last that has ended.
struct product_state {
  int open = 1;
  int ended = 0;
};

/// own_block: instead of a mask of the blocks of a cluster: the caller's.
inline constexpr std::uint32_t own_block = 0x80000000u;
/// bulk_join: joins what a bulk copy brings to what is there, element by element.
using bulk_join = void (*)(void* to, void const* from, int bytes);

/// tensor_place: coordinates in a tensor; tensor_write: what a store does there.
struct tensor_place {
  int const* at;
  int rank;
};
enum class tensor_write : unsigned char { replace, add };
struct tensor_map;

/// machine: one thread's view of what runs it. Each call is by the thread that runs now.
class machine {
 public:
  [[nodiscard]] virtual thread_place const& place() const = 0;

  /// Waits until `threads` threads of the block have come to barrier `number`.
  virtual void barrier(int number, int threads) = 0;
  /// Comes to the barrier and goes on at once.
  virtual void barrier_arrive(int number, int threads) = 0;
  /// Waits until all lanes of `mask` have come; shows each what the others put in. `what` names the
  /// collective: all of them must be in the same one. The values last until the lane's next collective.
  virtual lane_values const& collect(std::uint32_t mask, char const* what, void const* value,
                                     int bytes) = 0;
  /// Before a lane reads what another one put in: is that in the mask?
  virtual void source_lane(char const* what, int lane, std::uint32_t mask) = 0;
  /// Waits for the lanes of `mask`, and makes their writes visible to each other.
  virtual void sync_warp(std::uint32_t mask) = 0;
  /// The same of all threads of four warps; what they put in, one after the other.
  virtual void const* collect_warpgroup(char const* what, void const* value, int bytes) = 0;

  /// Before an access to shared memory: is it inside, aligned, written before it is read, and ordered
  /// by a barrier after what other threads did there?
  virtual void shared_read(void const* from, int bytes) = 0;
  virtual void shared_write(void const* to, int bytes) = 0;
  virtual void shared_atomic(void const* at, int bytes) = 0;
  /// Is the index of an array in shared memory in 0 … size - 1?
  virtual void shared_index(int index, int size) = 0;
  /// Starts a copy to shared memory: `valid` bytes of `from`, then zeros; closes a group of them; waits for
  /// all groups but the last `left`.
  virtual void copy_async(void* to, void const* from, int bytes, int valid) = 0;
  virtual void commit_copies() = 0;
  virtual void wait_copies(int left) = 0;
  /// Barriers in shared memory, which count arrivals and announced bytes by phases.
  virtual void mbarrier_init(void* barrier, int arrivals) = 0;
  virtual void mbarrier_arrive(void* barrier, int bytes) = 0;
  virtual void mbarrier_wait(void* barrier, int parity) = 0;
  /// Bulk copies: to the shared memory of blocks, a mask of ranks or own_block, whose mbarriers get the
  /// bytes; from shared memory, joined to what is there unless join is null, in groups like copies.
  virtual void bulk_load(void* to, void const* from, int bytes, void* barrier,
                         std::uint32_t blocks) = 0;
  virtual void bulk_store(void* to, void const* from, int bytes, bulk_join join) = 0;
  /// The same of a box of a tensor; `join` adds elements, null if there is no sum of their type.
  virtual void tensor_load(void* to, tensor_map const& map, tensor_place const& point,
                           void* barrier, std::uint32_t blocks) = 0;
  virtual void tensor_store(tensor_map const& map, tensor_place const& point, void const* from,
                            tensor_write write, bulk_join join) = 0;
  virtual void bulk_commit() = 0;
  virtual void bulk_wait(int left) = 0;
  /// What the thread did and has seen is before what bulk copies do that come after it.
  virtual void fence_async() = 0;
  /// The barrier of all threads of the cluster: comes to it; waits for the others to come.
  virtual void cluster_arrive() = 0;
  virtual void cluster_wait() = 0;
  /// What is in the shared memory of block `rank` of the cluster where `own` is in this block's. The calls
  /// for accesses to shared memory take such places too.
  virtual void* in_block(void* own, int rank) = 0;
  /// What instructions call a place in the block's shared memory, and what they mean by it.
  virtual std::uint32_t shared_address(void const* at) = 0;
  virtual void* shared_place(std::uint32_t address) = 0;
  /// Products of matrices: one reads bytes of shared memory until its group ends; closes a group of them;
  /// waits for all groups but the last `left`.
  virtual void product_read(void const* from, int bytes) = 0;
  virtual void commit_products() = 0;
  virtual void wait_products(int left) = 0;
  [[nodiscard]] virtual product_state products() const = 0;
  /// The thread does what is wrong: "code kernel: thread … does it".
  [[noreturn]] virtual void fault(char const* code, char const* does) = 0;
  /// Before an access to global memory: is it inside an operand, and aligned?
  virtual void global_read(void const* from, int bytes) = 0;
  virtual void global_write(void const* to, int bytes) = 0;
  virtual void global_atomic(void const* at, int bytes) = 0;

 protected:
  ~machine() = default;
};

namespace detail {
inline thread_local machine* running = nullptr;
}  // namespace detail

/// this_machine(): of the calling thread; only while a kernel runs.
inline machine& this_machine() { return *detail::running; }

}  // namespace deepseek::arch::gpu
