// Any bytes as a CSV file, and as a mapping: no crash, no undefined behaviour, the same rows for
// different blocks, and no row lost between read, kept and rejected.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "emptor/ingest/orders_csv.hpp"

using namespace emptor;

namespace {

void expect(bool holds) {
  if (!holds) std::abort();
}

/// Everything that the reader says, in one text.
std::string told(std::string_view text, const CsvOptions& options) {
  MemorySource source(text);
  Result<CsvReader> reader = CsvReader::open(source, "fuzz", options);
  if (!reader) return "error " + reader.error().message;
  std::string out;
  for (const std::string& column : reader->columns()) out += column + '\x1f';
  while (reader->next().value()) {
    out += '\x1e' + std::to_string(reader->line()) + ' ' + std::string(name(reader->problem()));
    out += ' ' + std::to_string(reader->problem_field());
    for (std::size_t i = 0; i < reader->fields(); ++i) {
      out += '\x1f';
      out += reader->field(i);
    }
  }
  return out;
}

Mapping mapping_of(unsigned bits) {
  Mapping mapping;
  mapping.currency = "EUR";
  mapping.price_scale = static_cast<int>(bits % 7);
  mapping.csv.sample_bytes = std::size_t{64} << (bits & 3);
  mapping.csv.max_field_bytes = 128;
  mapping.csv.max_row_bytes = 1024;
  mapping.csv.header = CsvHeader::absent;
  mapping.csv.invalid_utf8 = (bits & 4) != 0 ? InvalidUtf8::repair : InvalidUtf8::reject;
  mapping.duplicates = static_cast<DuplicateRows>(bits % 3);
  mapping.fields = {{.source = "1", .target = "order"},
                    {.source = "2", .target = "item"},
                    {.source = "3", .target = "time"},
                    {.source = "4", .target = "quantity"},
                    {.source = "5", .target = (bits & 8) != 0 ? "unit_price" : "amount"},
                    {.source = "1", .target = "customer.name"}};
  const auto order = static_cast<DateOrder>((bits >> 4) % 6);
  mapping.fields[2].time = {order, (bits & 16) != 0};
  if ((bits & 32) != 0) mapping.fields[4].number = {',', '.'};
  mapping.cancellations = {{.target = "order", .prefix = "C"}};
  mapping.negate_cancellations = (bits & 64) != 0;
  return mapping;
}

void read_orders(std::string_view text, unsigned bits) {
  MemorySource source(text);
  Customers customers;
  Items items;
  const auto read = read_orders_csv(source, "fuzz", mapping_of(bits), customers, items, {5});
  if (!read) return;
  const QualityReport& quality = read->quality;
  expect(quality.rows_kept + quality.rows_rejected() == quality.rows_read);
  expect(read->orders.lines() == quality.rows_kept);
  expect(quality.quarantine.size() + quality.quarantine_left_out == quality.rows_rejected());
  expect(quality.bytes == text.size());
  std::int64_t sum = 0;
  for (const std::int64_t amount : read->orders.line_amounts()) sum += amount;
  expect(sum == quality.net());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const unsigned choice = data[0], bits = data[1];
  const std::string_view text(reinterpret_cast<const char*>(data) + 2, size - 2);
  if (choice % 4 == 3) {
    (void)read_mapping(text);
    return 0;
  }
  CsvOptions options{.max_field_bytes = 64, .max_row_bytes = 256, .sample_bytes = 64};
  options.header = static_cast<CsvHeader>(bits % 3);
  options.invalid_utf8 = (bits & 4) != 0 ? InvalidUtf8::repair : InvalidUtf8::reject;
  options.delimiter = (bits & 8) != 0 ? ',' : '\0';
  options.block_bytes = 64 + choice;
  const std::string first = told(text, options);
  options.block_bytes = 1 << 16;
  expect(first == told(text, options));
  read_orders(text, bits);
  return 0;
}
