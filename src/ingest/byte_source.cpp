#include "emptor/ingest/byte_source.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace emptor {

namespace {

Error system_error(int number, const char* doing, const std::string& path) {
  const bool missing = number == ENOENT || number == ENOTDIR;
  return {missing ? ErrorCode::not_found : ErrorCode::io,
          text("cannot ", doing, ": ", std::generic_category().message(number)), path};
}

}  // namespace

ByteSource::~ByteSource() = default;

FileSource::~FileSource() {
  if (file_ >= 0) ::close(file_);
}

Result<void> FileSource::open() {
  file_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  if (file_ < 0) return system_error(errno, "open the file", path_);
  struct stat info {};
  if (::fstat(file_, &info) != 0) return system_error(errno, "look at the file", path_);
  if (S_ISDIR(info.st_mode)) return Error{ErrorCode::io, "is a directory, not a file", path_};
  if (S_ISREG(info.st_mode)) size_ = static_cast<std::uint64_t>(info.st_size);
  return {};
}

Result<std::size_t> FileSource::read(std::span<char> into) {
  if (file_ < 0) {
    if (const Result<void> opened = open(); !opened) return opened.error();
  }
  for (;;) {
    const ssize_t got = ::read(file_, into.data(), into.size());
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR) return system_error(errno, "read the file", path_);
  }
}

Result<std::size_t> MemorySource::read(std::span<char> into) {
  const std::size_t size = left_.size() < into.size() ? left_.size() : into.size();
  if (size != 0) std::memcpy(into.data(), left_.data(), size);
  left_.remove_prefix(size);
  return size;
}

}  // namespace emptor
