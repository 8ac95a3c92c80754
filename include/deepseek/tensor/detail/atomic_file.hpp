// SPDX-License-Identifier: Apache-2.0
/// @file A file that appears whole or not at all.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <string>

#include <deepseek/base/error.hpp>
#include <deepseek/tensor/detail/mapped_file.hpp>  // descriptor, fail_file

namespace deepseek::detail {

/// atomic_file(path): written beside `path` under another name and renamed onto it by commit(), so a
/// reader sees the old file or the new one, also after a crash. Without commit() nothing stays.
///
/// @fails io_error [DS-FILE-WRITE] the system's reason (no space, no permission, no folder), or
///        `path` exists and is no regular file
class atomic_file {
 public:
  explicit atomic_file(std::string const& path)
      : path_{path}, temporary_{temporary_name(path)}, file_{opened(path, temporary_)} {}
  atomic_file(atomic_file const&) = delete;
  atomic_file& operator=(atomic_file const&) = delete;
  ~atomic_file() {
    if (!committed_) (void)::unlink(temporary_.c_str());
  }

  void write(void const* bytes, std::size_t size) {
    auto const* rest = static_cast<char const*>(bytes);
    while (size > 0) {
      ssize_t const written = ::write(file_.number(), rest, size);
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) fail_file("[DS-FILE-WRITE] cannot write", path_, errno);
      rest += written;
      size -= static_cast<std::size_t>(written);
    }
  }

  /// Puts the bytes on the disk, then the name.
  void commit() {
    if (::fsync(file_.number()) != 0) fail_file("[DS-FILE-WRITE] cannot write", path_, errno);
    if (::rename(temporary_.c_str(), path_.c_str()) != 0)
      fail_file("[DS-FILE-WRITE] cannot replace", path_, errno);
    committed_ = true;
    descriptor const folder{::open(folder_of(path_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (folder.number() >= 0)
      (void)::fsync(folder.number());  // some file systems know no such thing
  }

 private:
  static std::string folder_of(std::string const& path) {
    std::size_t const slash = path.rfind('/');
    return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
  }
  static std::string temporary_name(std::string const& path) {
    static unsigned counter = 0;
    unsigned const number = __atomic_add_fetch(&counter, 1, __ATOMIC_RELAXED);
    return path + ".writing-" + std::to_string(::getpid()) + "-" + std::to_string(number);
  }
  static int opened(std::string const& path, std::string const& temporary) {
    struct stat status;
    if (::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode))
      throw io_error(text{} << "[DS-FILE-WRITE] " << quoted(path.data(), path.size())
                            << " exists and is no regular file.");
    int const number = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (number < 0) fail_file("[DS-FILE-WRITE] cannot create", path, errno);
    return number;
  }

  std::string path_;
  std::string temporary_;
  descriptor file_;
  bool committed_ = false;
};

}  // namespace deepseek::detail
