// SPDX-License-Identifier: Apache-2.0
/// @file shared_memory: a block's shared memory, and of each byte who wrote it and who read it.
///
/// Bulk copies read and write it on a way of their own, for a source of events (happens_before).
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <vector>

#include <deepseek/arch/emulated/happens_before.hpp>

namespace deepseek::arch::emulated {

/// shared_memory: undefined contents; remembers each byte's last writer and last two readers.
class shared_memory {
 public:
  static constexpr std::size_t alignment = 1024;  // what swizzled tiles want
  static constexpr int bulk_alignment = 16;       // of what bulk copies read and write

  /// What an access did wrong. `other` is the thread that it is not ordered with.
  enum class mistake : unsigned char {
    none,
    outside,
    misaligned,
    undefined,
    after_write,
    after_read,
    in_flight,   ///< a copy of the thread `other` is on its way to it
    bulk_write,  ///< a bulk copy is, as far as the thread knows
    bulk_read,   ///< a bulk copy reads it, as far as the thread knows
    unfenced     ///< what the thread `other` wrote may not have come as far as bulk copies see
  };
  struct finding {
    mistake what = mistake::none;
    std::ptrdiff_t offset = 0;
    int other = 0;
  };

  explicit shared_memory(std::size_t bytes)
      : memory_{static_cast<unsigned char*>(
            ::operator new (bytes == 0 ? 1 : bytes, std::align_val_t{alignment}))},
        trace_(bytes) {}

  [[nodiscard]] void* data() const { return memory_.get(); }
  [[nodiscard]] std::size_t size() const { return trace_.size(); }
  [[nodiscard]] bool has(void const* at) const {
    return offset_of(at) >= 0 && offset_of(at) < static_cast<std::ptrdiff_t>(size());
  }

  finding read(happens_before const& order, int thread, void const* from, int bytes) {
    finding const found = place(from, bytes);
    if (found.what != mistake::none) return found;
    for (std::ptrdiff_t i = found.offset; i < found.offset + bytes; ++i) {
      byte_trace& b = trace_[static_cast<std::size_t>(i)];
      if (b.in_flight) return {mistake::in_flight, i, b.writer};
      if (b.written == 0) return {mistake::undefined, i, 0};
      if (!order.saw(thread, b.writer, b.written)) return {after_write(b), i, b.writer};
      note_reader(b, thread, order.now(thread));
    }
    return {};
  }
  /// An atomic is not in conflict with other atomics.
  finding write(happens_before const& order, int thread, void const* to, int bytes,
                bool atomic = false) {
    finding const found = place(to, bytes);
    if (found.what != mistake::none) return found;
    for (std::ptrdiff_t i = found.offset; i < found.offset + bytes; ++i) {
      byte_trace& b = trace_[static_cast<std::size_t>(i)];
      if (atomic && !b.in_flight && b.written == 0) return {mistake::undefined, i, 0};
      finding const wrong = overwritten(order, thread, b, i, atomic && b.atomic);
      if (wrong.what != mistake::none) return wrong;
      b = {};
      b.writer = thread;
      b.written = order.now(thread);
      b.atomic = atomic;
    }
    return {};
  }

  /// A bulk copy that `thread` starts writes here, seen by those who see `source` at `when`.
  finding bulk_write(happens_before const& order, int thread, int source, happens_before::time when,
                     void const* to, int bytes) {
    finding const found = place(to, bytes, bulk_alignment);
    if (found.what != mistake::none) return found;
    for (std::ptrdiff_t i = found.offset; i < found.offset + bytes; ++i) {
      byte_trace& b = trace_[static_cast<std::size_t>(i)];
      finding const wrong = overwritten(order, thread, b, i, false);
      if (wrong.what != mistake::none) return wrong;
      if (unfenced(order, thread, b)) return {mistake::unfenced, i, b.writer};
      b = {};
      b.writer = source;
      b.written = when;
      b.bulk = true;
    }
    return {};
  }
  /// A bulk copy that `thread` starts reads here, up to `when` of `source`.
  finding bulk_read(happens_before const& order, int thread, int source, happens_before::time when,
                    void const* from, int bytes) {
    finding const found = place(from, bytes, bulk_alignment);
    if (found.what != mistake::none) return found;
    for (std::ptrdiff_t i = found.offset; i < found.offset + bytes; ++i) {
      byte_trace& b = trace_[static_cast<std::size_t>(i)];
      if (b.in_flight) return {mistake::in_flight, i, b.writer};
      if (b.written == 0) return {mistake::undefined, i, 0};
      if (!order.saw(thread, b.writer, b.written)) return {after_write(b), i, b.writer};
      if (unfenced(order, thread, b)) return {mistake::unfenced, i, b.writer};
      note_bulk_reader(order, thread, b, {source, when});
    }
    return {};
  }
  /// Has what was written here, by whom it may be, been fenced on its way to `thread`? For an mbarrier,
  /// which bulk copies come to.
  finding bulk_use(happens_before const& order, int thread, void const* at, int bytes) {
    finding const found = read(order, thread, at, bytes);
    if (found.what != mistake::none) return found;
    for (int i = 0; i < bytes; ++i)
      if (unfenced(order, thread, trace(at, i)))
        return {mistake::unfenced, offset_of(at) + i, trace(at, i).writer};
    return {};
  }

  /// A copy to here starts: a write, after which nobody may touch the bytes until it is there.
  finding start_copy(happens_before const& order, int thread, void* to, int bytes) {
    finding const found = write(order, thread, to, bytes);
    if (found.what == mistake::none)
      for (int i = 0; i < bytes; ++i) trace(to, i).in_flight = true;
    return found;
  }
  /// It is there, for the thread that waited: written now.
  void end_copy(happens_before const& order, int thread, void* to, int bytes) {
    for (int i = 0; i < bytes; ++i) {
      byte_trace& b = trace(to, i);
      b = {};
      b.writer = thread;
      b.written = order.now(thread);
    }
  }

 private:
  struct reader {
    int thread = 0;
    happens_before::time at = 0;  ///< 0: nobody
  };
  struct byte_trace {
    int writer = 0;
    happens_before::time written = 0;  ///< 0: never
    bool atomic = false;
    bool in_flight = false;  ///< the write is a copy that is not there yet
    bool bulk = false;       ///< it was a bulk copy, and the writer is a source
    reader readers[2];
    reader bulk_readers[4];  ///< sources: four warps read one operand
  };
  struct free_memory {
    void operator()(unsigned char* p) const { ::operator delete (p, std::align_val_t{alignment}); }
  };

  [[nodiscard]] std::ptrdiff_t offset_of(void const* at) const {
    return static_cast<std::ptrdiff_t>(reinterpret_cast<std::uintptr_t>(at) -
                                       reinterpret_cast<std::uintptr_t>(memory_.get()));
  }
  byte_trace& trace(void const* at, int i) {
    return trace_[static_cast<std::size_t>(offset_of(at) + i)];
  }
  [[nodiscard]] finding place(void const* at, int bytes) const {
    return place(at, bytes, bytes & -bytes);
  }
  [[nodiscard]] finding place(void const* at, int bytes, int aligned) const {
    std::ptrdiff_t const offset = offset_of(at);
    if (offset < 0 || offset + bytes > static_cast<std::ptrdiff_t>(size()))
      return {mistake::outside, offset, 0};
    if (offset % aligned != 0) return {mistake::misaligned, offset, 0};
    return {mistake::none, offset, 0};
  }
  static mistake after_write(byte_trace const& b) {
    return b.bulk ? mistake::bulk_write : mistake::after_write;
  }
  static bool unfenced(happens_before const& order, int thread, byte_trace const& b) {
    return b.written != 0 && !b.bulk && !order.fenced(thread, b.writer, b.written);
  }
  /// What is wrong with a write of `thread` over what was here.
  static finding overwritten(happens_before const& order, int thread, byte_trace const& b,
                             std::ptrdiff_t i, bool both_atomic) {
    if (b.in_flight) return {mistake::in_flight, i, b.writer};
    if (!both_atomic && b.written != 0 && !order.saw(thread, b.writer, b.written))
      return {after_write(b), i, b.writer};
    for (reader const& r : b.readers)
      if (r.at != 0 && !order.saw(thread, r.thread, r.at))
        return {mistake::after_read, i, r.thread};
    for (reader const& r : b.bulk_readers)
      if (r.at != 0 && !order.saw(thread, r.thread, r.at)) return {mistake::bulk_read, i, r.thread};
    return {};
  }
  /// In the place of its source, of nobody, or of what the thread has seen the end of; else of the first.
  static void note_bulk_reader(happens_before const& order, int thread, byte_trace& b, reader one) {
    reader* place = nullptr;
    for (reader& r : b.bulk_readers)
      if (r.at != 0 && r.thread == one.thread) place = &r;
    for (reader& r : b.bulk_readers)
      if (place == nullptr && (r.at == 0 || order.saw(thread, r.thread, r.at))) place = &r;
    *(place != nullptr ? place : b.bulk_readers) = one;
  }
  static void note_reader(byte_trace& b, int thread, happens_before::time at) {
    if (b.readers[0].at != 0 && b.readers[0].thread != thread) b.readers[1] = b.readers[0];
    b.readers[0] = {thread, at};
  }

  std::unique_ptr<unsigned char, free_memory> memory_;
  std::vector<byte_trace> trace_;
};

}  // namespace deepseek::arch::emulated
