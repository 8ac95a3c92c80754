// SPDX-License-Identifier: Apache-2.0
/// @file A file's bytes as memory that can only be read.
#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <string>
#include <system_error>
#include <utility>

#include <deepseek/base/error.hpp>

namespace deepseek::detail {

/// fail_file("[DS-FILE-OPEN] cannot open", path, errno): an io_error with the system's words.
[[noreturn]] inline void fail_file(char const* what, std::string const& path, int error_number) {
  throw io_error(text{} << what << ' ' << quoted(path.data(), path.size()) << ": "
                        << std::generic_category().message(error_number).c_str() << '.');
}

/// descriptor: an open file, closed at the end.
class descriptor {
 public:
  explicit descriptor(int number) noexcept : number_{number} {}
  descriptor(descriptor const&) = delete;
  descriptor& operator=(descriptor const&) = delete;
  ~descriptor() {
    if (number_ >= 0) (void)::close(number_);
  }
  [[nodiscard]] int number() const noexcept { return number_; }

 private:
  int number_;
};

/// mapped_file(path): the bytes of a regular file, mapped, not read; pages come when touched.
/// A file that another program makes shorter meanwhile ends the process (SIGBUS), as with every map;
/// files replaced by rename, as this library writes them, do not change under a map.
///
/// @fails io_error [DS-FILE-OPEN] missing, forbidden or no regular file · [DS-FILE-MAP]
class mapped_file {
 public:
  explicit mapped_file(std::string const& path) {
    descriptor const file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (file.number() < 0) fail_file("[DS-FILE-OPEN] cannot open", path, errno);
    struct stat status;
    if (::fstat(file.number(), &status) != 0)
      fail_file("[DS-FILE-OPEN] cannot look at", path, errno);
    if (!S_ISREG(status.st_mode))
      throw io_error(text{} << "[DS-FILE-OPEN] " << quoted(path.data(), path.size())
                            << " is no regular file.");
    size_ = static_cast<std::size_t>(status.st_size);
    if (size_ == 0) return;
    void* const address = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file.number(), 0);
    if (address == MAP_FAILED) fail_file("[DS-FILE-MAP] cannot map", path, errno);
    data_ = static_cast<char const*>(address);
  }
  mapped_file(mapped_file&& other) noexcept
      : data_{std::exchange(other.data_, nullptr)}, size_{std::exchange(other.size_, 0)} {}
  mapped_file& operator=(mapped_file other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~mapped_file() {
    if (data_ != nullptr) (void)::munmap(const_cast<char*>(data_), size_);
  }

  [[nodiscard]] char const* data() const noexcept { return data_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  char const* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace deepseek::detail
