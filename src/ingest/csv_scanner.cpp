#include "ingest/csv_scanner.hpp"

#include <bit>
#include <cstring>

namespace emptor::detail {

namespace {

constexpr std::size_t masks_at_once = 64;

}  // namespace

void check_csv_options(const CsvOptions& options) {
  constexpr std::size_t most = std::size_t{1} << 28;
  const auto in_range = [](std::size_t value) { return value >= chunk_bytes && value <= most; };
  require_option(in_range(options.max_field_bytes), "max_field_bytes", "in [64, 2^28]",
                 options.max_field_bytes);
  require_option(
      options.max_row_bytes >= options.max_field_bytes && options.max_row_bytes <= 2 * most,
      "max_row_bytes", "in [max_field_bytes, 2^29]", options.max_row_bytes);
  require_option(in_range(options.block_bytes), "block_bytes", "in [64, 2^28]",
                 options.block_bytes);
  require_option(in_range(options.sample_bytes), "sample_bytes", "in [64, 2^28]",
                 options.sample_bytes);
  const auto usable = [](char c) { return c > 0 && c < 127 && c != '\n' && c != '\r'; };
  require_option(usable(options.quote), "quote", "an ASCII character", int{options.quote});
  require_option(options.delimiter == '\0' ||
                     (usable(options.delimiter) && options.delimiter != options.quote),
                 "delimiter", "an ASCII character other than the quote", int{options.delimiter});
}

CsvScanner::CsvScanner(ByteSource& source, const CsvOptions& options)
    : source_(&source), options_(options), kernel_(pick_mask_kernel()) {
  check_csv_options(options);
}

Result<std::size_t> CsvScanner::fill(std::size_t want) {
  if (buffer_.size() < filled_ + want) buffer_.resize(filled_ + want);
  std::size_t got = 0;
  while (got < want && !at_end_) {
    const Result<std::size_t> part = source_->read({buffer_.data() + filled_, want - got});
    if (!part) return part.error();
    if (*part > want - got) {
      return Error{ErrorCode::io, "a byte source returned more than it was asked for", "read"};
    }
    at_end_ = *part == 0;
    filled_ += *part;
    got += *part;
  }
  bytes_ += got;
  return got;
}

Result<void> CsvScanner::check_encoding() {
  const std::string_view front(buffer_.data(), filled_);
  for (const std::string_view mark : {std::string_view("\xFF\xFE"), std::string_view("\xFE\xFF"),
                                      std::string_view("\0\0\xFE\xFF", 4)}) {
    if (front.substr(0, mark.size()) == mark) {
      return Error{ErrorCode::unsupported,
                   "the file is UTF-16 or UTF-32; save it as \"CSV UTF-8\" and try again", ""};
    }
  }
  if (front.substr(0, 3) == "\xEF\xBB\xBF") {
    scanned_ = 3;
    row_begin_ = field_begin_ = 3;
  }
  return {};
}

Result<void> CsvScanner::start() {
  if (const Result<std::size_t> got = fill(options_.sample_bytes); !got) return got.error();
  if (Result<void> known = check_encoding(); !known) return known;
  dialect_ = detect_dialect({buffer_.data() + scanned_, filled_ - scanned_}, options_);
  dialect_.byte_order_mark = scanned_ != 0;
  special_ = {dialect_.delimiter, dialect_.line_end == CsvLineEnd::cr ? '\r' : '\n',
              dialect_.quote};
  scan();
  finish();
  return {};
}

Result<bool> CsvScanner::next_batch() {
  if (finished_) {
    rows_.clear();
    return false;
  }
  drop_done();
  if (const Result<std::size_t> got = fill(options_.block_bytes); !got) return got.error();
  scan();
  finish();
  return true;
}

void CsvScanner::drop_done() {
  const std::size_t done = skipping_ ? scanned_ : static_cast<std::size_t>(row_begin_);
  std::memmove(buffer_.data(), buffer_.data() + done, filled_ - done);
  filled_ -= done;
  scanned_ -= done;
  const auto shift = static_cast<std::int64_t>(done);
  row_begin_ -= shift;
  field_begin_ -= shift;
  closed_at_ -= shift;
  for (std::size_t i = row_first_; i < field_count_; ++i) {
    fields_[i - row_first_] = {fields_[i].begin - static_cast<std::uint32_t>(done),
                               fields_[i].end - static_cast<std::uint32_t>(done)};
  }
  field_count_ -= row_first_;
  row_first_ = 0;
  rows_.clear();
  side_.clear();
}

void CsvScanner::scan() {
  ChunkMasks masks[masks_at_once];
  for (;;) {
    std::size_t chunks = (filled_ - scanned_) / chunk_bytes;
    if (chunks > masks_at_once) chunks = masks_at_once;
    const std::size_t room = field_count_ + masks_at_once * chunk_bytes + 1;
    if (fields_.size() < room) fields_.resize(room + room / 2);
    if (chunks == 0) break;
    kernel_(buffer_.data() + scanned_, chunks, special_, masks);
    for (std::size_t i = 0; i < chunks; ++i) {
      scan_chunk(masks[i], static_cast<std::int64_t>(scanned_ + i * chunk_bytes));
    }
    scanned_ += chunks * chunk_bytes;
  }
  if (at_end_ && scanned_ < filled_) {
    char tail[chunk_bytes] = {};
    const std::size_t size = filled_ - scanned_;
    std::memcpy(tail, buffer_.data() + scanned_, size);
    kernel_(tail, 1, special_, masks);
    masks[0].odd &= (std::uint64_t{1} << size) - 1;
    scan_chunk(masks[0], static_cast<std::int64_t>(scanned_));
    scanned_ = filled_;
  }
}

void CsvScanner::scan_chunk(const ChunkMasks& masks, std::int64_t base) {
  if ((masks.quote | masks.odd) == 0 && !in_quotes_ && !skipping_) {
    RawField* to = fields_.data() + field_count_;
    std::int64_t begin = field_begin_;
    for (std::uint64_t bits = masks.delimiter | masks.newline; bits != 0; bits &= bits - 1) {
      const int bit = std::countr_zero(bits);
      const std::int64_t at = base + bit;
      *to++ = {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(at)};
      begin = at + 1;
      if ((masks.newline >> bit & 1) != 0) {
        field_count_ = static_cast<std::size_t>(to - fields_.data());
        field_begin_ = begin;
        ++lines_;
        end_row(at);
        to = fields_.data() + field_count_;
      }
    }
    field_count_ = static_cast<std::size_t>(to - fields_.data());
    field_begin_ = begin;
    return;
  }
  std::uint64_t odd = masks.odd;
  for (std::uint64_t bits = masks.delimiter | masks.newline | masks.quote; bits != 0;
       bits &= bits - 1) {
    const int bit = std::countr_zero(bits);
    const std::int64_t at = base + bit;
    if ((masks.quote >> bit & 1) != 0) {
      if (in_quotes_) {
        in_quotes_ = false;
        closed_at_ = at;
      } else if (at == field_begin_ || closed_at_ == at - 1) {
        in_quotes_ = has_quotes_ = true;
      }
      continue;
    }
    const bool newline = (masks.newline >> bit & 1) != 0;
    if (newline) ++lines_;
    if (in_quotes_) continue;
    end_field(at);
    if (newline) {
      const std::uint64_t before = (std::uint64_t{1} << bit) - 1;
      has_odd_ = has_odd_ || (odd & before) != 0;
      odd &= ~before;
      end_row(at);
    }
  }
  has_odd_ = has_odd_ || odd != 0;
}

void CsvScanner::end_field(std::int64_t at) {
  if (!skipping_) {
    fields_[field_count_++] = {static_cast<std::uint32_t>(field_begin_),
                               static_cast<std::uint32_t>(at)};
  }
  field_begin_ = at + 1;
}

void CsvScanner::end_row(std::int64_t at) {
  if (skipping_) {
    end_skipped_row();
  } else {
    RawField& last = fields_[field_count_ - 1];
    if (special_.newline == '\n' && last.end > last.begin && buffer_[last.end - 1] == '\r') {
      --last.end;
    }
    const std::size_t count = field_count_ - row_first_;
    if (count == 1 && last.begin == last.end) {
      ++blank_lines_;
      field_count_ = row_first_;
    } else {
      const auto begin = static_cast<std::uint32_t>(row_begin_);
      rows_.push_back({row_first_, count, row_line_, begin, last.end, 0, RowProblem::none, false,
                       at == static_cast<std::int64_t>(filled_)});
      if (has_quotes_ || has_odd_ || last.end - begin > options_.max_field_bytes ||
          count > max_fields) {
        tidy_row(rows_.back());
      }
    }
  }
  row_first_ = field_count_;
  row_begin_ = field_begin_ = at + 1;
  row_line_ = lines_ + 1;
  closed_at_ = -2;
  in_quotes_ = has_quotes_ = has_odd_ = false;
}

void CsvScanner::finish() {
  const auto end = static_cast<std::int64_t>(filled_);
  if (at_end_) {
    finished_ = true;
    if (skipping_ || row_begin_ < end) {
      end_field(end);
      ++lines_;
      end_row(end);
    }
    return;
  }
  // Bytes that are not scanned yet may hold a delimiter, and the last one may be half of a CR LF.
  const auto known = static_cast<std::int64_t>(scanned_) - 1;
  if (!skipping_ && (known - row_begin_ > static_cast<std::int64_t>(options_.max_field_bytes) ||
                     field_count_ - row_first_ > max_fields)) {
    if (const Violation broken = violation(known); broken.problem != RowProblem::none) {
      skip_row(broken);
    }
  }
}

}  // namespace emptor::detail
