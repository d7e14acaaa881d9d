#include "emptor/core/archive_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <system_error>
#include <utility>

namespace emptor {
namespace {

/// A descriptor that closes itself.
class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  [[nodiscard]] int get() const { return descriptor_; }
  /// Closes now; false with errno when the system reports a late failure.
  bool close() { return ::close(std::exchange(descriptor_, -1)) == 0; }

 private:
  int descriptor_;
};

Error system_error(const char* doing, const std::string& path) {
  const int number = errno;
  return Error{number == ENOENT ? ErrorCode::not_found : ErrorCode::io,
               text(doing, ": ", std::generic_category().message(number)), path};
}

bool write_all(int descriptor, std::span<const std::byte> bytes) {
  constexpr std::size_t most = std::size_t{1} << 30;
  while (!bytes.empty()) {
    const ssize_t written =
        ::write(descriptor, bytes.data(), bytes.size() < most ? bytes.size() : most);
    if (written < 0) {
      if (errno == EINTR) continue;
      return false;
    }
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

/// So that the new name survives a power cut. File systems that cannot do it say EINVAL.
bool sync_folder(const std::string& path) {
  const File folder(::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return folder.get() >= 0 && (::fsync(folder.get()) == 0 || errno == EINVAL);
}

Result<void> write_in_place(const std::string& path, std::span<const std::byte> bytes) {
  File file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (file.get() < 0) return system_error("cannot open for writing", path);
  if (!write_all(file.get(), bytes) || !file.close()) return system_error("cannot write", path);
  return {};
}

/// A new empty file beside `path`; its name is put into `name`.
int create_beside(const std::string& path, std::string& name) {
  for (int attempt = 0; attempt < 1000; ++attempt) {
    name = text(path, ".tmp-", ::getpid(), "-", attempt);
    const int descriptor = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor >= 0 || errno != EEXIST) return descriptor;
  }
  return -1;
}

/// Where a symbolic link leads; any other path as it is.
std::string follow(const std::string& path) {
  char* resolved = ::realpath(path.c_str(), nullptr);
  if (resolved == nullptr) return path;
  std::string target(resolved);
  std::free(resolved);
  return target;
}

}  // namespace

Result<void> write_file(const std::string& path, std::span<const std::byte> bytes) {
  struct stat old {};
  const bool exists = ::stat(path.c_str(), &old) == 0;
  if (exists && S_ISDIR(old.st_mode)) {
    return Error{ErrorCode::io, "cannot write: this is a directory", path};
  }
  if (exists && !S_ISREG(old.st_mode)) return write_in_place(path, bytes);

  const std::string target = exists ? follow(path) : path;
  std::string name;
  File file(create_beside(target, name));
  if (file.get() < 0) return system_error("cannot create a file here", path);
  const bool written = (!exists || ::fchmod(file.get(), old.st_mode & 07777) == 0) &&
                       write_all(file.get(), bytes) && ::fsync(file.get()) == 0 && file.close() &&
                       ::rename(name.c_str(), target.c_str()) == 0;
  if (!written) {
    Error error = system_error("cannot write", path);
    ::unlink(name.c_str());
    return error;
  }
  if (!sync_folder(target)) return system_error("cannot synchronise the folder", path);
  return {};
}

Result<std::vector<std::byte>> read_file(const std::string& path, std::uint64_t max_bytes) {
  // Non-blocking, so that opening a pipe without a writer fails below instead of waiting.
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status {};
  if (file.get() < 0 || ::fstat(file.get(), &status) != 0) {
    return system_error("cannot open for reading", path);
  }
  if (S_ISDIR(status.st_mode)) {
    return Error{ErrorCode::io, "cannot read: this is a directory", path};
  }
  if (!S_ISREG(status.st_mode)) {
    return Error{ErrorCode::io, "cannot read: this is not a regular file", path};
  }
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size > max_bytes) {
    return Error{ErrorCode::overflow,
                 text("the file has ", size, " bytes, more than the ", max_bytes, " allowed"),
                 path};
  }
  std::vector<std::byte> bytes;
  try {
    bytes.resize(static_cast<std::size_t>(size));
  } catch (const std::exception&) {
    return Error{ErrorCode::overflow, text("the file's ", size, " bytes do not fit into memory"),
                 path};
  }
  std::size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t got = ::read(file.get(), bytes.data() + have, bytes.size() - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_error("cannot read", path);
    if (got == 0) {
      return Error{ErrorCode::io, text("the file became shorter while it was read"), path};
    }
    have += static_cast<std::size_t>(got);
  }
  return bytes;
}

}  // namespace emptor
