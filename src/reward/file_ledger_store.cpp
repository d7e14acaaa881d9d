// The file under a ledger's log. One writer: an exclusive lock of the open file.
//
// What a synchronisation that failed means: A. Rebello et al., "Can Applications Recover from fsync
// Failures?", USENIX ATC 2020, https://www.usenix.org/conference/atc20/presentation/rebello: the
// pages may be marked clean although they never reached the disk, so trying again proves nothing.

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "emptor/core/text.hpp"
#include "emptor/reward/ledger_store.hpp"

namespace emptor {
namespace {

Error system_error(std::string_view what, const std::string& path) {
  return Error{ErrorCode::io, text(what, ": ", std::strerror(errno)), path};
}

template <class Call>
auto again_if_interrupted(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

/// So that the file's name survives a power cut. File systems that cannot do it say EINVAL.
bool sync_folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? std::string(".")
                             : slash == 0               ? std::string("/")
                                                        : path.substr(0, slash);
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool done =
      again_if_interrupted([&] { return ::fsync(descriptor); }) == 0 || errno == EINVAL;
  ::close(descriptor);
  return done;
}

}  // namespace

Result<std::unique_ptr<LedgerStore>> FileLedgerStore::open(const std::string& path) {
  // Non-blocking, so that a pipe without a reader fails instead of waiting.
  const int descriptor = again_if_interrupted([&] {
    return ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0666);
  });
  if (descriptor < 0) return system_error("cannot open the ledger's log", path);
  std::unique_ptr<LedgerStore> store(new FileLedgerStore(descriptor, path));
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) return system_error("cannot open the ledger's log", path);
  if (!S_ISREG(status.st_mode)) {
    return Error{ErrorCode::io, "a ledger's log must be a regular file", path};
  }
  if (again_if_interrupted([&] { return ::flock(descriptor, LOCK_EX | LOCK_NB); }) != 0) {
    if (errno == EWOULDBLOCK) {
      return Error{ErrorCode::io, "the ledger's log is in use by another writer", path};
    }
    return system_error("cannot lock the ledger's log", path);
  }
  if (!sync_folder_of(path)) return system_error("cannot synchronise the folder", path);
  return store;
}

FileLedgerStore::~FileLedgerStore() {
  ::close(descriptor_);
}

Result<std::uint64_t> FileLedgerStore::size() {
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) return system_error("cannot look at the log", path_);
  return static_cast<std::uint64_t>(status.st_size);
}

Result<std::size_t> FileLedgerStore::read(std::uint64_t offset, std::span<std::byte> out) {
  const ssize_t got = again_if_interrupted(
      [&] { return ::pread(descriptor_, out.data(), out.size(), static_cast<off_t>(offset)); });
  if (got < 0) return system_error("cannot read the log", path_);
  return static_cast<std::size_t>(got);
}

Result<std::size_t> FileLedgerStore::append(std::span<const std::byte> bytes) {
  const ssize_t wrote =
      again_if_interrupted([&] { return ::write(descriptor_, bytes.data(), bytes.size()); });
  if (wrote < 0) return system_error("cannot write the log", path_);
  return static_cast<std::size_t>(wrote);
}

Result<void> FileLedgerStore::sync() {
  if (again_if_interrupted([&] { return ::fdatasync(descriptor_); }) != 0) {
    return system_error("cannot synchronise the log", path_);
  }
  return {};
}

Result<void> FileLedgerStore::truncate(std::uint64_t size) {
  if (again_if_interrupted([&] { return ::ftruncate(descriptor_, static_cast<off_t>(size)); }) !=
      0) {
    return system_error("cannot shorten the log", path_);
  }
  return {};
}

}  // namespace emptor
