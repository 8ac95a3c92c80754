// SPDX-License-Identifier: Apache-2.0
/// @file tensor_copies: what one thread has a copy engine do with boxes of tensors: bulk copies of what
/// tensor_box finds.
#pragma once
#include <cstdint>
#include <cstring>

#include <deepseek/arch/emulated/bulk_copies.hpp>
#include <deepseek/arch/emulated/cluster_parts.hpp>
#include <deepseek/arch/emulated/tensor_box.hpp>
#include <deepseek/arch/gpu/machine.hpp>
#include <deepseek/arch/gpu/tensor_map.hpp>

namespace deepseek::arch::emulated {

/// tensor_copies: of thread `id`, whose bulk copies they are.
class tensor_copies {
 public:
  tensor_copies(cluster_parts const& parts, bulk_copies& bulk, int id)
      : parts_{parts}, bulk_{bulk}, id_{id}, own_{parts.places.rank_of(id)} {}

  void load(void* to, gpu::tensor_map const& map, gpu::tensor_place const& point, void* barrier,
            std::uint32_t blocks) {
    gpu::tensor_description const tensor = checked(map, point.rank, to);
    tensor_box const box{tensor, point.at};
    box.chunks([this](box_chunk const& c) { check_inside(c, global_access::read); });
    bulk_.load(to, tensor.box_bytes(), barrier, blocks, [&](void* place) {
      box.chunks([&](box_chunk const& c) {
        char* const chunk = static_cast<char*>(place) + c.shared;
        fill_outside(chunk, tensor_box::chunk_bytes, tensor);
        if (c.inside > 0)
          std::memcpy(chunk + c.before, c.place, static_cast<std::size_t>(c.inside));
      });
    });
  }
  void store(gpu::tensor_map const& map, gpu::tensor_place const& point, void const* from,
             gpu::tensor_write write, gpu::bulk_join join) {
    gpu::tensor_description const tensor = checked(map, point.rank, from);
    if (write == gpu::tensor_write::add && join == nullptr)
      fail(
          "adds elements of a type that has no sums here. Fix: f16, bf16, f32, f64, i32, u32 or "
          "u64.");
    tensor_box const box{tensor, point.at};
    auto const how = join == nullptr ? global_access::write : global_access::atomic;
    box.chunks([&](box_chunk const& c) { check_inside(c, how); });
    bulk_.read(from, tensor.box_bytes());
    box.chunks([&](box_chunk const& c) {
      char const* const chunk = static_cast<char const*>(from) + c.shared + c.before;
      if (c.inside == 0) return;
      if (join != nullptr) parts_.join_global(join, c.place, chunk, c.inside);
      else std::memcpy(c.place, chunk, static_cast<std::size_t>(c.inside));
    });
  }

 private:
  [[noreturn]] void fail(text const& does) const {
    parts_.fail(text{} << "[DS-EMULATED-TENSOR] " << parts_.places.who(id_) << " " << does);
  }
  void check_inside(box_chunk const& c, global_access how) const {
    if (c.inside == 0) return;
    bool const write = how != global_access::read;
    parts_.check_global(id_, write, c.inside, parts_.operands.outside(c.place, c.inside, write));
    parts_.note_global(how, c.place, c.inside);
  }
  /// What is in a map, if it holds for a box of that many axes at a place of shared memory.
  [[nodiscard]] gpu::tensor_description checked(gpu::tensor_map const& map, int rank,
                                                void const* at) const {
    gpu::tensor_description const tensor = gpu::description_of(map);
    text const wrong = gpu::tensor_fault(tensor);
    if (!wrong.empty()) fail(text{} << "uses a map that no tensor has. " << wrong);
    if (tensor.rank != rank)
      fail(text{} << "names a point of " << rank << " axes in a tensor of " << tensor.rank << ".");
    auto const offset =
        static_cast<char const*>(at) - static_cast<char const*>(parts_.memory(own_).data());
    if (offset % tensor.box_alignment() != 0)
      fail(text{} << "copies a box at byte " << offset << " of shared memory. Fix: a multiple of "
                  << tensor.box_alignment() << ".");
    return tensor;
  }

  cluster_parts const& parts_;
  bulk_copies& bulk_;
  int id_;
  int own_;
};

}  // namespace deepseek::arch::emulated
