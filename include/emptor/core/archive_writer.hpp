#pragma once
// The writing half of archives; core/archive.hpp has both halves and the overview.
// Memory: the sections and, in `finish`, the result. Thread safety: a writer is for one thread.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "emptor/core/archive_layout.hpp"
#include "emptor/core/checksum.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/text.hpp"

namespace emptor {

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
    // Not insert of a range: g++ 12 takes its inlined copy for a write beyond the end.
    for (const char c : value) out.push_back(static_cast<std::byte>(c));
  }

  std::string kind_;
  std::uint32_t version_;
  std::vector<std::unique_ptr<SectionWriter>> sections_;
};

}  // namespace emptor
