#include "emptor/ingest/csv_writer.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <system_error>

namespace emptor {

struct CsvWriter::State {
  CsvWriteOptions options;
  std::string path{};
  std::string* text = nullptr;
  int file = -1;
  std::string buffer{};
  std::size_t row_fields = 0;
  bool single_empty = false;  ///< the row so far is one empty field
  std::optional<Error> error{};

  State(const CsvWriteOptions& given) : options(given) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { shut(); }

  void fail(const char* doing, int number) {
    if (error) return;
    error =
        Error{number == ENOENT || number == ENOTDIR ? ErrorCode::not_found : ErrorCode::io,
              emptor::text("cannot ", doing, ": ", std::generic_category().message(number)), path};
  }
  void flush() {
    if (text != nullptr) text->append(buffer);
    for (std::size_t done = 0; file >= 0 && !error && done < buffer.size();) {
      const ssize_t wrote = ::write(file, buffer.data() + done, buffer.size() - done);
      if (wrote >= 0) {
        done += static_cast<std::size_t>(wrote);
      } else if (errno != EINTR) {
        fail("write the file", errno);
      }
    }
    buffer.clear();
  }
  void shut() {
    flush();
    if (file >= 0 && ::close(file) != 0) fail("close the file", errno);
    file = -1;
    text = nullptr;
  }
};

namespace {

constexpr std::size_t flush_bytes = 1 << 16;

bool is_number(std::string_view value) {
  std::size_t digits = 0, points = 0;
  for (std::size_t i = value[0] == '-' || value[0] == '+' ? 1 : 0; i < value.size(); ++i) {
    digits += value[i] >= '0' && value[i] <= '9' ? 1 : 0;
    points += value[i] == '.' ? 1 : 0;
  }
  const std::size_t sign = value[0] == '-' || value[0] == '+' ? 1 : 0;
  return digits > 0 && points <= 1 && digits + points + sign == value.size();
}

bool is_formula(std::string_view value) {
  return !value.empty() && std::string_view("=+-@\t\r").find(value[0]) != std::string_view::npos &&
         !is_number(value);
}

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

}  // namespace

CsvWriter::CsvWriter(std::unique_ptr<State> state) : state_(std::move(state)) {
  const char delimiter = state_->options.delimiter;
  require_option(delimiter > 0 && delimiter < 127 && delimiter != '"' && delimiter != '\n' &&
                     delimiter != '\r',
                 "delimiter", "an ASCII character other than the quote", int{delimiter});
}
CsvWriter::CsvWriter(CsvWriter&&) noexcept = default;
CsvWriter& CsvWriter::operator=(CsvWriter&&) noexcept = default;
CsvWriter::~CsvWriter() = default;

Result<CsvWriter> CsvWriter::create(const std::string& path, const CsvWriteOptions& options) {
  CsvWriter writer(std::make_unique<State>(options));
  State& state = *writer.state_;
  state.path = path;
  state.file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (state.file < 0) state.fail("create the file", errno);
  if (state.error) return *state.error;
  return writer;
}

CsvWriter CsvWriter::into(std::string& text, const CsvWriteOptions& options) {
  CsvWriter writer(std::make_unique<State>(options));
  writer.state_->text = &text;
  return writer;
}

CsvWriter& CsvWriter::field(std::string_view value) {
  State& state = *state_;
  std::string& out = state.buffer;
  if (state.row_fields != 0) out += state.options.delimiter;
  state.single_empty = state.row_fields == 0 && value.empty();
  ++state.row_fields;
  const bool guard = state.options.guard_formulas && is_formula(value);
  bool quoted = !value.empty() && (is_blank(value.front()) || is_blank(value.back()));
  quoted = quoted || value.substr(0, 3) == "\xEF\xBB\xBF";  // no byte order mark by accident
  for (const char c : value) {
    quoted = quoted || c == '"' || c == '\n' || c == '\r' || c == state.options.delimiter;
  }
  if (!quoted) {
    if (guard) out += '\'';
    out += value;
    return *this;
  }
  out += '"';
  if (guard) out += '\'';
  for (const char c : value) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
  return *this;
}

CsvWriter& CsvWriter::field(std::int64_t value) {
  return field(text(value));
}

CsvWriter& CsvWriter::field(double value, int digits) {
  return field(fixed(value, digits));
}

CsvWriter& CsvWriter::end_row() {
  State& state = *state_;
  if (state.single_empty) state.buffer += "\"\"";  // a blank line would be no row
  if (state.options.crlf) state.buffer += '\r';
  state.buffer += '\n';
  state.row_fields = 0;
  state.single_empty = false;
  if (state.buffer.size() >= flush_bytes) state.flush();
  return *this;
}

CsvWriter& CsvWriter::row(std::span<const std::string_view> values) {
  for (const std::string_view value : values) field(value);
  return end_row();
}

Result<void> CsvWriter::close() {
  State& state = *state_;
  if (state.row_fields != 0) end_row();
  state.shut();
  if (state.error) return *state.error;
  return {};
}

}  // namespace emptor
