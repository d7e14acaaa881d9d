#include "emptor/core/archive_file.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "support/catch.hpp"

namespace {

using namespace emptor;
namespace fs = std::filesystem;
using Bytes = std::vector<std::byte>;

/// A folder of its own that goes away with the test.
class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "emptor-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  [[nodiscard]] std::string operator/(const char* name) const { return (path_ / name).string(); }
  [[nodiscard]] std::size_t files() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(path_), fs::directory_iterator()));
  }
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  fs::path path_;
};

Bytes some_bytes(std::size_t size, int salt = 0) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) {
    bytes[i] = static_cast<std::byte>(i * 31 + static_cast<std::size_t>(salt));
  }
  return bytes;
}

/// Lets no file of this process grow beyond a size: the full disk of a test.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    REQUIRE(getrlimit(RLIMIT_FSIZE, &before_) == 0);
    handler_ = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{bytes, before_.rlim_max};
    REQUIRE(setrlimit(RLIMIT_FSIZE, &limit) == 0);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*handler_)(int) = nullptr;
};

TEST_CASE("a file gives back its bytes and replaces what was there") {
  const Folder folder;
  const std::string path = folder / "model.emptor";
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{1} << 20}) {
    REQUIRE(write_file(path, some_bytes(size)));
    CHECK(read_file(path).value() == some_bytes(size));
  }
  CHECK(folder.files() == 1);
}

TEST_CASE("a replaced file keeps its permissions, a link stays a link") {
  const Folder folder;
  const std::string path = folder / "model.emptor";
  const std::string link = folder / "link";
  REQUIRE(write_file(path, some_bytes(3)));
  fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
  fs::create_symlink(path, link);
  REQUIRE(write_file(link, some_bytes(5)));
  CHECK(fs::is_symlink(link));
  CHECK(read_file(path).value() == some_bytes(5));
  CHECK((fs::status(path).permissions() & fs::perms::mask) ==
        (fs::perms::owner_read | fs::perms::owner_write));
}

TEST_CASE("what cannot be read is told") {
  const Folder folder;
  CHECK(read_file(folder / "nothing").error().code == ErrorCode::not_found);
  CHECK(read_file(folder / "nothing").error().where == folder / "nothing");
  CHECK(read_file("").error().code == ErrorCode::not_found);
  const auto directory = read_file(folder.path());
  CHECK(directory.error() ==
        Error{ErrorCode::io, "cannot read: this is a directory", folder.path()});
  CHECK(read_file("/dev/zero").error().code == ErrorCode::io);
  REQUIRE(mkfifo((folder / "pipe").c_str(), 0600) == 0);
  CHECK(read_file(folder / "pipe").error().code == ErrorCode::io);
  REQUIRE(write_file(folder / "ten", some_bytes(10)));
  CHECK(read_file(folder / "ten", 10));
  const auto large = read_file(folder / "ten", 9);
  CHECK(large.error().code == ErrorCode::overflow);
  CHECK(large.error().message == "the file has 10 bytes, more than the 9 allowed");
}

TEST_CASE("a sparse file larger than memory is refused") {
  const Folder folder;
  const std::string path = folder / "huge";
  REQUIRE(write_file(path, {}));
  std::error_code error;
  fs::resize_file(path, std::uintmax_t{1} << 43, error);
  if (error) return;  // this file system has no files of 8 TiB
  CHECK(read_file(path).error().code == ErrorCode::overflow);
}

TEST_CASE("what cannot be written is told and nothing is left behind") {
  const Folder folder;
  CHECK(write_file(folder.path(), some_bytes(3)).error() ==
        Error{ErrorCode::io, "cannot write: this is a directory", folder.path()});
  CHECK(write_file(folder / "no/such/folder", some_bytes(3)).error().code == ErrorCode::not_found);
  CHECK_FALSE(write_file(folder / std::string(300, 'x').c_str(), some_bytes(3)));
  CHECK_FALSE(write_file("", some_bytes(3)));
  CHECK(folder.files() == 0);
}

TEST_CASE("a full disk is told and leaves the old file") {
  const Folder folder;
  const std::string path = folder / "model.emptor";
  REQUIRE(write_file(path, some_bytes(100, 1)));
  {
    const FileSizeLimit limit(5000);
    const auto written = write_file(path, some_bytes(100000, 2));
    REQUIRE_FALSE(written);
    CHECK(written.error().code == ErrorCode::io);
    CHECK(written.error().message == "cannot write: File too large");
  }
  CHECK(read_file(path).value() == some_bytes(100, 1));
  CHECK(folder.files() == 1);
}

TEST_CASE("a device is written in place and its refusal told") {
  CHECK(write_file("/dev/null", some_bytes(1000)));
  CHECK(fs::is_character_file("/dev/null"));
  if (!fs::is_character_file("/dev/full")) return;
  const auto full = write_file("/dev/full", some_bytes(1000));
  REQUIRE_FALSE(full);
  CHECK(full.error() == Error{ErrorCode::io, "cannot write: No space left on device", "/dev/full"});
}

}  // namespace
