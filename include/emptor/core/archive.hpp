#pragma once
// Archives: how models and tables are saved. An archive is a sequence of bytes with a kind
// ("als-model"), a version of that kind, and named sections; docs/archive-format.md has the
// grammar.
//
//     ArchiveWriter writer("als-model", 1);
//     SectionWriter& s = writer.section("factors", 1);
//     s.put(std::uint64_t{64});
//     s.put_array(values);
//     std::vector<std::byte> bytes = std::move(writer).finish();
//
//     Result<ArchiveReader> reader = ArchiveReader::open(bytes, "als-model", 1);
//     if (!reader) return reader.error();
//     Result<SectionReader> s = reader->section("factors");
//     if (!s) return s.error();
//     const auto factors = s->get<std::uint64_t>();
//     const auto values = s->get_array<float>();
//     s->require(values.size() % factors == 0, "the factors do not fill whole rows");
//     if (Result<void> done = s->finish(); !done) return done.error();
//
// Everything is little endian on every host. Every byte is covered by a checksum (XXH64). A reader
// never crashes on any bytes and allocates in proportion to their number only. By convention a
// model has `std::vector<std::byte> save() const` and `static Result<M> load(std::span<const
// std::byte>)`. Memory: the writer holds the sections and, in `finish`, the result. Thread safety:
// a writer is for one thread; readers borrow the bytes, which must outlive them.

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "emptor/core/checksum.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/text.hpp"

namespace emptor {

template <class T>
class Matrix;  // core/matrix.hpp; needed only by who calls put_matrix or get_matrix

/// What an archive stores as it is: numbers, and enumerations as their underlying number. Write
/// fixed widths (`std::uint64_t{n}`, not `long`), and read the very type that was written.
template <class T>
concept ArchiveValue =
    (std::is_arithmetic_v<T> && !std::is_same_v<T, long double>) || std::is_enum_v<T>;

/// The newest file format that this library reads, and the one that it writes.
inline constexpr std::uint32_t archive_format = 1;

/// Most sections of one archive.
inline constexpr std::size_t max_archive_sections = 1024;

namespace detail {

inline constexpr std::string_view archive_magic{"EMPTOR\0\x1a", 8};
inline constexpr std::size_t archive_trailer_bytes = 8;

/// The unsigned number with T's bits.
template <std::size_t bytes>
using UnsignedOf = std::conditional_t<
    bytes == 1, std::uint8_t,
    std::conditional_t<bytes == 2, std::uint16_t,
                       std::conditional_t<bytes == 4, std::uint32_t, std::uint64_t>>>;

template <ArchiveValue T>
void store_little(std::byte* to, T value) noexcept {
  if constexpr (std::endian::native == std::endian::little) {
    std::memcpy(to, &value, sizeof value);
  } else {
    const auto bits = std::bit_cast<UnsignedOf<sizeof(T)>>(value);
    for (std::size_t i = 0; i < sizeof value; ++i) to[i] = static_cast<std::byte>(bits >> (8 * i));
  }
}

/// Names of kinds and tags: 1 to 255 of a-z 0-9 - _ .
[[nodiscard]] constexpr bool is_archive_name(std::string_view name) noexcept {
  if (name.empty() || name.size() > 255) return false;
  for (const char c : name) {
    const bool good =
        (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    if (!good) return false;
  }
  return true;
}

inline void require_archive_name(std::string_view name, std::uint32_t version) {
  if (!is_archive_name(name)) {
    throw Exception(ErrorCode::invalid_value,
                    "an archive's kind or tag must be 1 to 255 of a-z 0-9 - _ .", "ArchiveWriter");
  }
  if (version == 0) {
    throw Exception(ErrorCode::invalid_value, "versions count from 1", "ArchiveWriter");
  }
}

[[nodiscard]] inline Error corrupt_archive(std::string message, std::string where = "archive") {
  return Error{ErrorCode::corrupt, std::move(message), std::move(where)};
}

}  // namespace detail

/// One section being written; made by `ArchiveWriter::section`, lives as long as its writer.
class SectionWriter {
 public:
  SectionWriter(const SectionWriter&) = delete;
  SectionWriter& operator=(const SectionWriter&) = delete;

  template <ArchiveValue T>
  void put(T value) {
    detail::store_little(grow(sizeof(T)), value);
  }
  /// The length and the elements of a contiguous range (vector, span, array).
  template <class Range>
  void put_array(const Range& range) {
    const std::span values(range);
    using T = std::remove_cv_t<typename decltype(values)::element_type>;
    static_assert(ArchiveValue<T> && !std::is_same_v<T, bool>);
    put(std::uint64_t{values.size()});
    put_elements(values.data(), values.size());
  }
  /// The length and the bytes of `value`, whatever they are.
  void put_text(std::string_view value) {
    put(std::uint64_t{value.size()});
    put_elements(value.data(), value.size());
  }
  /// Rows, columns and the rows without their padding. A matrix with rows must have columns.
  template <class T>
  void put_matrix(const Matrix<T>& matrix) {
    if (matrix.columns() == 0 && matrix.rows() != 0) {
      throw Exception(ErrorCode::invalid_shape, "a matrix without columns cannot be saved",
                      "put_matrix");
    }
    put(std::uint64_t{matrix.rows()});
    put(std::uint64_t{matrix.columns()});
    payload_.reserve(payload_.size() + matrix.rows() * matrix.columns() * sizeof(T));
    for (std::size_t r = 0; r < matrix.rows(); ++r) {
      put_elements(matrix.row(r).data(), matrix.columns());
    }
  }

 private:
  friend class ArchiveWriter;
  SectionWriter(std::string_view tag, std::uint32_t version) : tag_(tag), version_(version) {}

  std::byte* grow(std::size_t bytes) {
    const std::size_t at = payload_.size();
    payload_.resize(at + bytes);
    return payload_.data() + at;
  }
  template <class T>
  void put_elements(const T* values, std::size_t count) {
    if (count == 0) return;
    if constexpr (std::endian::native == std::endian::little || sizeof(T) == 1) {
      const auto* bytes = reinterpret_cast<const std::byte*>(values);
      payload_.insert(payload_.end(), bytes, bytes + count * sizeof(T));
    } else {
      std::byte* to = grow(count * sizeof(T));
      for (std::size_t i = 0; i < count; ++i) detail::store_little(to + i * sizeof(T), values[i]);
    }
  }

  std::string tag_;
  std::uint32_t version_;
  std::vector<std::byte> payload_;
};

/// Collects sections and makes the archive's bytes. The same calls give the same bytes.
class ArchiveWriter {
 public:
  /// `kind` names what is stored, 1 to 255 of a-z 0-9 - _ . ; `version` counts from 1.
  ArchiveWriter(std::string_view kind, std::uint32_t version) : kind_(kind), version_(version) {
    detail::require_archive_name(kind, version);
  }

  /// A new section; sections may be filled in turns. Throws `duplicate` for a tag that is there.
  SectionWriter& section(std::string_view tag, std::uint32_t version = 1) {
    detail::require_archive_name(tag, version);
    if (sections_.size() == max_archive_sections) {
      throw Exception(ErrorCode::overflow,
                      text("an archive has at most ", max_archive_sections, " sections"), kind_);
    }
    for (const auto& other : sections_) {
      if (other->tag_ == tag) {
        throw Exception(ErrorCode::duplicate, text("section '", tag, "' is there already"), kind_);
      }
    }
    sections_.emplace_back(new SectionWriter(tag, version));
    return *sections_.back();
  }

  /// The archive. The writer is used up.
  [[nodiscard]] std::vector<std::byte> finish() && {
    std::size_t length = header_bytes() + detail::archive_trailer_bytes;
    for (const auto& section : sections_) {
      length += head_bytes(section->tag_) + section->payload_.size();
    }
    std::vector<std::byte> out;
    out.reserve(length);
    append_text(out, detail::archive_magic);
    append(out, archive_format);
    append(out, version_);
    append(out, std::uint64_t{length});
    append(out, static_cast<std::uint32_t>(sections_.size()));
    append(out, static_cast<std::uint8_t>(kind_.size()));
    append_text(out, kind_);
    std::uint64_t check = xxh64(out);
    for (auto& section : sections_) {
      const std::size_t head = out.size();
      append(out, section->version_);
      append(out, std::uint64_t{section->payload_.size()});
      append(out, xxh64(section->payload_));
      append(out, static_cast<std::uint8_t>(section->tag_.size()));
      append_text(out, section->tag_);
      check = xxh64(std::span<const std::byte>(out).subspan(head), check);
      out.insert(out.end(), section->payload_.begin(), section->payload_.end());
      section.reset();
    }
    append(out, check);
    sections_.clear();
    return out;
  }

 private:
  [[nodiscard]] std::size_t header_bytes() const noexcept {
    return detail::archive_magic.size() + 4 + 4 + 8 + 4 + 1 + kind_.size();
  }
  [[nodiscard]] static std::size_t head_bytes(std::string_view tag) noexcept {
    return 4 + 8 + 8 + 1 + tag.size();
  }
  template <ArchiveValue T>
  static void append(std::vector<std::byte>& out, T value) {
    out.resize(out.size() + sizeof(T));
    detail::store_little(out.data() + out.size() - sizeof(T), value);
  }
  static void append_text(std::vector<std::byte>& out, std::string_view value) {
    const auto* bytes = reinterpret_cast<const std::byte*>(value.data());
    out.insert(out.end(), bytes, bytes + value.size());
  }

  std::string kind_;
  std::uint32_t version_;
  std::vector<std::unique_ptr<SectionWriter>> sections_;
};

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
