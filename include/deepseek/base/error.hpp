// SPDX-License-Identifier: Apache-2.0
/// @file What goes wrong at run time: one tree of exceptions, and `status` for programs without any.
#pragma once

#include <deepseek/base/text.hpp>

#include <exception>
#include <new>
#include <utility>

namespace deepseek {

/// source_place: a line of source code; as a default argument it is the caller's line.
/// (std::source_location does the same, but not every supported compiler has it.)
struct source_place {
  char const* file = "";
  unsigned line = 0;

  [[nodiscard]] static constexpr source_place current(char const* file = __builtin_FILE(),
                                                      unsigned line = __builtin_LINE()) noexcept {
    return {file, line};
  }
};

/// error_kind: the branch of the tree an error belongs to; `none` is success.
enum class error_kind : unsigned char { none, shape, dtype, device, memory, io, argument, other };

namespace detail {

/// A text shared by copies of an error: copying counts, and cannot fail.
class shared_text {
 public:
  shared_text() noexcept = default;
  explicit shared_text(text&& message) : held_{new counted{std::move(message)}} {}
  shared_text(shared_text const& other) noexcept : held_{other.held_} {
    if (held_ != nullptr) __atomic_fetch_add(&held_->owners, 1, __ATOMIC_RELAXED);
  }
  shared_text(shared_text&& other) noexcept : held_{std::exchange(other.held_, nullptr)} {}
  shared_text& operator=(shared_text other) noexcept {
    std::swap(held_, other.held_);
    return *this;
  }
  ~shared_text() {
    if (held_ != nullptr && __atomic_sub_fetch(&held_->owners, 1, __ATOMIC_ACQ_REL) == 0)
      delete held_;
  }
  [[nodiscard]] char const* c_str() const noexcept {
    return held_ == nullptr ? "" : held_->message.c_str();
  }

 private:
  struct counted {
    text message;
    int owners = 1;
  };
  counted* held_ = nullptr;
};

}  // namespace detail

/// error: the root of everything the library throws, std::bad_alloc aside.
/// what() is the message, `[DS-OP-LAW] what with the values. Fix: remedy.`; where() is the line that
/// threw. Copying shares the message and never throws.
class error : public std::exception {
 public:
  explicit error(text message, source_place where = source_place::current())
      : error{error_kind::other, std::move(message), where} {}

  [[nodiscard]] char const* what() const noexcept override { return message_.c_str(); }
  [[nodiscard]] source_place where() const noexcept { return where_; }
  [[nodiscard]] error_kind kind() const noexcept { return kind_; }

 protected:
  error(error_kind kind, text message, source_place where)
      : message_{std::move(message)}, where_{where}, kind_{kind} {}

 private:
  friend class status;
  detail::shared_text message_;
  source_place where_;
  error_kind kind_;
};

/// Extents or ranks that do not fit together.
class shape_error : public error {
 public:
  explicit shape_error(text message, source_place where = source_place::current())
      : error{error_kind::shape, std::move(message), where} {}
};

/// An element type that is not the one needed.
class dtype_error : public error {
 public:
  explicit dtype_error(text message, source_place where = source_place::current())
      : error{error_kind::dtype, std::move(message), where} {}
};

/// A device that is missing, busy or failed, or memory of the wrong one.
class device_error : public error {
 public:
  explicit device_error(text message, source_place where = source_place::current())
      : error{error_kind::device, std::move(message), where} {}
};

/// Memory that cannot be had.
class memory_error : public error {
 public:
  explicit memory_error(text message, source_place where = source_place::current())
      : error{error_kind::memory, std::move(message), where} {}
};

/// A file that cannot be read, written or understood.
class io_error : public error {
 public:
  explicit io_error(text message, source_place where = source_place::current())
      : error{error_kind::io, std::move(message), where} {}
};

/// Any other value a function does not take.
class argument_error : public error {
 public:
  explicit argument_error(text message, source_place where = source_place::current())
      : error{error_kind::argument, std::move(message), where} {}
};

/// status: the result of a call that does not throw: success, or an error's kind, text and place.
///
///   status const done = attempt([&] { (y = x + 1).run(host{}); });
///   if (!done.ok()) std::puts(done.what());
class [[nodiscard]] status {
 public:
  /// Success.
  status() noexcept = default;
  status(error const& failure) noexcept
      : message_{failure.message_}, where_{failure.where()}, kind_{failure.kind()} {}
  /// A failure whose text outlives the status: a literal.
  status(error_kind kind, char const* literal) noexcept : literal_{literal}, kind_{kind} {}

  [[nodiscard]] bool ok() const noexcept { return kind_ == error_kind::none; }
  [[nodiscard]] error_kind kind() const noexcept { return kind_; }
  /// The message; empty on success.
  [[nodiscard]] char const* what() const noexcept {
    return literal_ != nullptr ? literal_ : message_.c_str();
  }
  [[nodiscard]] source_place where() const noexcept { return where_; }

 private:
  detail::shared_text message_;
  char const* literal_ = nullptr;
  source_place where_;
  error_kind kind_ = error_kind::none;
};

/// attempt(action): calls `action()` and says how it went; nothing thrown passes.
template <class Action> status attempt(Action&& action) noexcept {
  try {
    std::forward<Action>(action)();
    return {};
  } catch (error const& failure) {
    return failure;
  } catch (std::bad_alloc const&) {
    return {error_kind::memory, "[DS-MEMORY] out of memory. Fix: smaller tensors or more memory."};
  } catch (std::exception const& failure) {
    try {
      return error{text{failure.what()}};
    } catch (...) {
      return {error_kind::memory, "[DS-MEMORY] out of memory while an error was reported."};
    }
  } catch (...) {
    return {error_kind::other, "[DS-UNKNOWN] something that is no std::exception was thrown."};
  }
}

}  // namespace deepseek
