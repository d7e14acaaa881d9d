#pragma once
// The reading half of archives; core/archive.hpp has both halves and the overview.
// Thread safety: an ArchiveReader may be shared, a SectionReader is for one thread. Both borrow the
// bytes, which must outlive them.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "emptor/core/archive_layout.hpp"
#include "emptor/core/checksum.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/text.hpp"

namespace emptor {

/// Reads one section from front to back. Sticky: after the first failure every `get` gives zero or
/// empty, and `finish` tells what failed; so a loader reads everything and checks once. Counts that
/// were read are plain numbers until `require`d: check them before using them as sizes.
class SectionReader {
 public:
  SectionReader(std::span<const std::byte> payload, std::uint32_t version, std::string where)
      : payload_(payload), version_(version), where_(std::move(where)) {}

  /// The version with which the section was written.
  [[nodiscard]] std::uint32_t version() const noexcept { return version_; }
  /// Bytes not yet read; 0 after a failure.
  [[nodiscard]] std::size_t remaining() const noexcept {
    return error_ ? 0 : payload_.size() - at_;
  }
  [[nodiscard]] bool ok() const noexcept { return !error_; }

  /// A number; a bool must be 0 or 1. An enumeration may hold any number: see `get_enum`.
  template <ArchiveValue T>
  [[nodiscard]] T get() {
    const std::byte* from = take(1, sizeof(T));
    if (from == nullptr) return T{};
    if constexpr (std::is_same_v<T, bool>) {
      const auto value = std::to_integer<unsigned>(*from);
      return require(value <= 1, "a yes-or-no value is neither") && value == 1;
    } else {
      return load<T>(from);
    }
  }
  /// An enumeration with the values 0 to `last`.
  template <class Enum>
    requires std::is_enum_v<Enum>
  [[nodiscard]] Enum get_enum(Enum last) {
    const auto value = get<std::underlying_type_t<Enum>>();
    const bool holds = value >= 0 && value <= static_cast<std::underlying_type_t<Enum>>(last);
    return require(holds, "a choice is none of the known ones") ? static_cast<Enum>(value) : Enum{};
  }
  /// What `put_array` wrote.
  template <ArchiveValue T>
  [[nodiscard]] std::vector<T> get_array() {
    static_assert(!std::is_same_v<T, bool>);
    const auto count = get<std::uint64_t>();
    std::vector<T> values;
    if (const std::byte* from = take(count, sizeof(T)); from != nullptr && count != 0) {
      values.resize(static_cast<std::size_t>(count));
      copy(from, values.data(), values.size());
    }
    return values;
  }
  /// What `put_array` wrote, into memory of the caller; the lengths must be equal.
  template <ArchiveValue T>
  void get_array(std::span<T> out) {
    const auto count = get<std::uint64_t>();
    if (!require(count == out.size(), "an array has another length than expected")) return;
    if (const std::byte* from = take(count, sizeof(T)); from != nullptr) {
      copy(from, out.data(), out.size());
    }
  }
  /// What `put_text` wrote.
  [[nodiscard]] std::string get_text() {
    const std::span<const std::byte> bytes = get_view();
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  /// What `put_text`, or `put_array` of bytes, wrote, without a copy: a part of the archive's
  /// bytes.
  [[nodiscard]] std::span<const std::byte> get_view() {
    const auto count = get<std::uint64_t>();
    const std::byte* from = take(count, 1);
    return from == nullptr ? std::span<const std::byte>{}
                           : std::span(from, static_cast<std::size_t>(count));
  }
  /// What `put_matrix` wrote, e.g. `get_matrix<float>()`. Include core/matrix.hpp.
  template <class T>
  [[nodiscard]] Matrix<T> get_matrix() {
    const auto rows = get<std::uint64_t>();
    const auto columns = get<std::uint64_t>();
    const std::uint64_t most = rows == 0 ? max_ids : remaining() / sizeof(T);
    require((rows == 0 || columns != 0) && columns <= most, "a matrix has an impossible shape");
    if (!ok()) return {};
    if (rows == 0) return Matrix<T>(0, static_cast<std::size_t>(columns));
    const std::byte* from = take(rows, columns * sizeof(T));
    if (from == nullptr) return {};
    Matrix<T> matrix(static_cast<std::size_t>(rows), static_cast<std::size_t>(columns));
    for (std::size_t r = 0; r < matrix.rows(); ++r) {
      copy(from + r * matrix.columns() * sizeof(T), matrix.row(r).data(), matrix.columns());
    }
    return matrix;
  }

  /// Fails the section with `message` unless `holds`; returns whether all is well so far.
  bool require(bool holds, std::string_view message) {
    if (!error_ && !holds) error_ = detail::corrupt_archive(std::string(message), where_);
    return !error_;
  }
  /// The first failure; or that bytes were left unread; or success.
  [[nodiscard]] Result<void> finish() {
    if (!error_ && at_ != payload_.size()) {
      require(false, text(payload_.size() - at_, " bytes are left over"));
    }
    if (error_) return *error_;
    return {};
  }

 private:
  /// The next `count` elements, or null and a failure.
  const std::byte* take(std::uint64_t count, std::size_t size) {
    if (!require(count <= remaining() / size, "the section ends too early")) return nullptr;
    const std::byte* from = payload_.data() + at_;
    at_ += static_cast<std::size_t>(count) * size;
    return from;
  }
  template <class T>
  static T load(const std::byte* from) noexcept {
    return std::bit_cast<T>(detail::load_little<detail::UnsignedOf<sizeof(T)>>(from));
  }
  template <class T>
  static void copy(const std::byte* from, T* to, std::size_t count) noexcept {
    if (count == 0) return;
    if constexpr (std::endian::native == std::endian::little || sizeof(T) == 1) {
      std::memcpy(to, from, count * sizeof(T));
    } else {
      for (std::size_t i = 0; i < count; ++i) to[i] = load<T>(from + i * sizeof(T));
    }
  }

  std::span<const std::byte> payload_;
  std::size_t at_ = 0;
  std::uint32_t version_;
  std::string where_;
  std::optional<Error> error_;
};

/// An archive whose every byte has been checked. Sections that nobody asks for are skipped, so a
/// newer writer may add sections to a kind without a new version.
class ArchiveReader {
 public:
  /// Checks all of `bytes`. Errors: `corrupt` (no archive, cut, damaged), `unsupported` (a newer
  /// file format, or a version of the kind above `newest_version`), `invalid_value` (another kind).
  [[nodiscard]] static Result<ArchiveReader> open(std::span<const std::byte> bytes,
                                                  std::string_view kind,
                                                  std::uint32_t newest_version) {
    Result<ArchiveReader> reader = parse(bytes);
    if (!reader) return reader;
    if (reader->kind_ != kind) {
      return Error{ErrorCode::invalid_value,
                   text("the archive holds a '", reader->kind_, "', not a '", kind, "'"),
                   "archive"};
    }
    if (reader->version_ > newest_version) {
      return Error{ErrorCode::unsupported,
                   text("version ", reader->version_, " is newer than ", newest_version,
                        ", the newest that can be read"),
                   std::string(kind)};
    }
    for (const Section& section : reader->sections_) {
      if (xxh64(section.payload) != section.checksum) {
        return detail::corrupt_archive("the checksum does not fit the content: damaged",
                                       reader->where(section.tag));
      }
    }
    return reader;
  }

  /// The kind that an archive holds, to choose a loader; does not look at the sections' content.
  [[nodiscard]] static Result<std::string> kind_of(std::span<const std::byte> bytes) {
    const Result<ArchiveReader> reader = parse(bytes);
    if (!reader) return reader.error();
    return std::string(reader->kind_);
  }

  [[nodiscard]] std::string_view kind() const noexcept { return kind_; }
  [[nodiscard]] std::uint32_t version() const noexcept { return version_; }
  [[nodiscard]] bool has(std::string_view tag) const noexcept { return find(tag) != nullptr; }
  [[nodiscard]] std::size_t sections() const noexcept { return sections_.size(); }

  /// The section `tag`, from its front. Errors: `corrupt` when the archive has no such section,
  /// `unsupported` when its version is above `newest_version`.
  [[nodiscard]] Result<SectionReader> section(std::string_view tag,
                                              std::uint32_t newest_version = 1) const {
    const Section* found = find(tag);
    if (found == nullptr) return detail::corrupt_archive("the section is missing", where(tag));
    if (found->version > newest_version) {
      return Error{ErrorCode::unsupported,
                   text("version ", found->version, " is newer than ", newest_version,
                        ", the newest that can be read"),
                   where(tag)};
    }
    return SectionReader(found->payload, found->version, where(tag));
  }

 private:
  struct Section {
    std::string_view tag;
    std::uint32_t version = 0;
    std::uint64_t checksum = 0;
    std::span<const std::byte> payload;
  };

  /// Walks over unread bytes; reading past the end gives zero or empty and is remembered.
  class Cursor {
   public:
    explicit Cursor(std::span<const std::byte> bytes) : bytes_(bytes) {}
    template <class Unsigned>
    Unsigned number() {
      const auto part = skip(sizeof(Unsigned));
      return part.empty() ? Unsigned{0} : detail::load_little<Unsigned>(part.data());
    }
    std::string_view name() {
      const auto part = skip(number<std::uint8_t>());
      return {reinterpret_cast<const char*>(part.data()), part.size()};
    }
    std::span<const std::byte> skip(std::uint64_t count) {
      if (past_end_ || count > bytes_.size() - at_) {
        past_end_ = true;
        return {};
      }
      at_ += static_cast<std::size_t>(count);
      return bytes_.subspan(at_ - static_cast<std::size_t>(count), static_cast<std::size_t>(count));
    }
    [[nodiscard]] std::size_t at() const noexcept { return at_; }
    [[nodiscard]] bool past_end() const noexcept { return past_end_; }

   private:
    std::span<const std::byte> bytes_;
    std::size_t at_ = 0;
    bool past_end_ = false;
  };

  ArchiveReader() = default;

  /// Header, heads of sections and trailer: everything but the sections' content.
  [[nodiscard]] static Result<ArchiveReader> parse(std::span<const std::byte> bytes) {
    using detail::corrupt_archive;
    constexpr std::string_view magic = detail::archive_magic;
    if (bytes.size() < magic.size() || std::memcmp(bytes.data(), magic.data(), magic.size()) != 0) {
      return corrupt_archive("not an emptor archive: the first 8 bytes are wrong");
    }
    Cursor cursor(bytes);
    cursor.skip(magic.size());
    const auto format = cursor.number<std::uint32_t>();
    if (!cursor.past_end() && format > archive_format) {
      return Error{ErrorCode::unsupported,
                   text("file format ", format, " is newer than ", archive_format,
                        ", the newest that can be read"),
                   "archive"};
    }
    ArchiveReader reader;
    reader.version_ = cursor.number<std::uint32_t>();
    const auto length = cursor.number<std::uint64_t>();
    const auto sections = cursor.number<std::uint32_t>();
    reader.kind_ = cursor.name();
    if (cursor.past_end() || length > bytes.size()) {
      return corrupt_archive(text("cut off after ", bytes.size(), " bytes"));
    }
    if (length < bytes.size()) {
      return corrupt_archive(text(bytes.size() - length, " bytes too many at the end"));
    }
    if (format == 0 || reader.version_ == 0 || sections > max_archive_sections ||
        !detail::is_archive_name(reader.kind_)) {
      return corrupt_archive("the header is damaged");
    }
    std::uint64_t check = xxh64(bytes.first(cursor.at()));
    for (std::uint32_t i = 0; i < sections; ++i) {
      const std::size_t head = cursor.at();
      Section section;
      section.version = cursor.number<std::uint32_t>();
      const auto payload_bytes = cursor.number<std::uint64_t>();
      section.checksum = cursor.number<std::uint64_t>();
      section.tag = cursor.name();
      check = xxh64(bytes.subspan(head, cursor.at() - head), check);
      section.payload = cursor.skip(payload_bytes);
      if (cursor.past_end() || section.version == 0 || !detail::is_archive_name(section.tag) ||
          reader.has(section.tag)) {
        return corrupt_archive(text("the head of section ", i + 1, " is damaged"));
      }
      reader.sections_.push_back(section);
    }
    const auto stored = cursor.number<std::uint64_t>();
    if (cursor.past_end() || cursor.at() != bytes.size() || stored != check) {
      return corrupt_archive("the checksum at the end does not fit: damaged");
    }
    return reader;
  }

  [[nodiscard]] const Section* find(std::string_view tag) const noexcept {
    for (const Section& section : sections_) {
      if (section.tag == tag) return &section;
    }
    return nullptr;
  }
  [[nodiscard]] std::string where(std::string_view tag) const { return text(kind_, "/", tag); }

  std::string_view kind_;
  std::uint32_t version_ = 0;
  std::vector<Section> sections_;
};

}  // namespace emptor
