#include "emptor/ingest/csv_reader.hpp"

#include <utility>

#include "ingest/csv_feed.hpp"

namespace emptor {

struct CsvReader::State {
  std::unique_ptr<ByteSource> owned;
  detail::CsvFeed feed;
  detail::ScannedRow row{};
  std::size_t next = 0;
};

CsvReader::CsvReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
CsvReader::CsvReader(CsvReader&&) noexcept = default;
CsvReader& CsvReader::operator=(CsvReader&&) noexcept = default;
CsvReader::~CsvReader() = default;

Result<CsvReader> CsvReader::open(const std::string& path, const CsvOptions& options) {
  auto file = std::make_unique<FileSource>(path);
  Result<CsvReader> reader = open(*file, path, options);
  if (reader) reader->state_->owned = std::move(file);
  return reader;
}

Result<CsvReader> CsvReader::open(ByteSource& source, std::string name, const CsvOptions& options) {
  std::unique_ptr<State> state(
      new State{nullptr, detail::CsvFeed(source, std::move(name), options)});
  if (const Result<void> begun = state->feed.start(); !begun) return begun.error();
  state->next = state->feed.first_row();
  return CsvReader(std::move(state));
}

Result<bool> CsvReader::next() {
  detail::CsvFeed& feed = state_->feed;
  while (state_->next >= feed.scanner().rows()) {
    state_->row = {};
    const Result<bool> more = feed.scanner().next_batch();
    if (!more) return more.error();
    state_->next = 0;
    if (!*more) return false;
  }
  state_->row = feed.row(state_->next++);
  return true;
}

const CsvDialect& CsvReader::dialect() const noexcept {
  return state_->feed.dialect();
}
std::span<const std::string> CsvReader::columns() const noexcept {
  return state_->feed.columns();
}
Result<std::size_t> CsvReader::column(std::string_view name) const {
  return state_->feed.column(name);
}
std::size_t CsvReader::fields() const noexcept {
  return state_->row.count;
}
std::string_view CsvReader::field(std::size_t i) const noexcept {
  return state_->row[i];
}
std::uint64_t CsvReader::line() const noexcept {
  return state_->row.line;
}
RowProblem CsvReader::problem() const noexcept {
  return state_->row.problem;
}
std::size_t CsvReader::problem_field() const noexcept {
  return state_->row.problem_field;
}
std::uint64_t CsvReader::blank_lines() const noexcept {
  return state_->feed.scanner().blank_lines();
}
std::uint64_t CsvReader::repaired_rows() const noexcept {
  return state_->feed.scanner().repaired_rows();
}

}  // namespace emptor
