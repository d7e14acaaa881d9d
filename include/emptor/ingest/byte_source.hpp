#pragma once
// Where bytes come from: a file, memory, or a host's own stream. A reader asks for the next bytes
// until there are none; it never seeks, so pipes and decompressors fit as well.
// Part of the compiled library. Thread safety: one reader a source.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"

namespace emptor {

/// A stream of bytes.
class EMPTOR_API ByteSource {
 public:
  ByteSource() = default;
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;
  virtual ~ByteSource();

  /// Fills the front of `into` (never empty) and returns how many bytes came; 0 at the end.
  virtual Result<std::size_t> read(std::span<char> into) = 0;
  /// All bytes there will be, if that is known; else 0. For progress alone.
  [[nodiscard]] virtual std::uint64_t size_hint() const noexcept { return 0; }
};

/// A file or pipe, read in order through read(2).
class EMPTOR_API FileSource final : public ByteSource {
 public:
  explicit FileSource(std::string path) : path_(std::move(path)) {}
  ~FileSource() override;

  /// Opened by the first read. Errors: `not_found`; `io` for a directory, a file that may not be
  /// read, or whatever else the system refuses, with its reason.
  Result<std::size_t> read(std::span<char> into) override;
  [[nodiscard]] std::uint64_t size_hint() const noexcept override { return size_; }

 private:
  Result<void> open();
  std::string path_;
  std::uint64_t size_ = 0;
  int file_ = -1;
};

/// Bytes in memory, which must outlive the source.
class EMPTOR_API MemorySource final : public ByteSource {
 public:
  explicit MemorySource(std::string_view bytes) : left_(bytes), size_(bytes.size()) {}
  Result<std::size_t> read(std::span<char> into) override;
  [[nodiscard]] std::uint64_t size_hint() const noexcept override { return size_; }

 private:
  std::string_view left_;
  std::uint64_t size_;
};

}  // namespace emptor
