#include "ingest/mapped_rows.hpp"

#include <limits>

namespace emptor::detail {

namespace {

constexpr std::size_t most_sampled = 1000;

std::string number_format_name(const NumberFormat& number) {
  std::string out = number.point == ',' ? "decimal comma" : "decimal point";
  if (number.thousands != '\0') out += text(", thousands '", number.thousands, "'");
  return out;
}

}  // namespace

Result<void> MappedRows::start() {
  if (Result<void> good = check_mapping(*mapping_); !good) return good;
  std::vector<std::string_view> sources;
  for (const MappingField& field : mapping_->fields) {
    const bool number = field.source.find_first_not_of("0123456789") == std::string::npos;
    if (!number) sources.push_back(field.source);  // a number may as well be a value
  }
  if (Result<void> begun = feed_.start(sources); !begun) return begun;
  report_->file = feed_.name();
  report_->dialect = dialect_text(feed_.dialect());
  report_->duplicates_counted = mapping_->duplicates != DuplicateRows::ignore;
  if (Result<void> bound = bind(); !bound) return bound;
  if (Result<void> known = detect_formats(); !known) return known;
  const CsvScanner& scanner = feed_.scanner();
  const std::uint64_t size = source_->size_hint();
  constexpr std::uint64_t most_expected = 1 << 22;  // beyond, tables grow as they need
  if (size != 0 && scanner.lines() != 0 && scanner.bytes() != 0) {
    const std::uint64_t rows = size / (scanner.bytes() / scanner.lines() + 1);
    expected_rows_ =
        static_cast<std::size_t>(rows < most_expected ? rows + rows / 16 : most_expected);
    if (report_->duplicates_counted) seen_.reserve(expected_rows_);
  }
  return {};
}

Result<void> MappedRows::bind() {
  const std::size_t columns = feed_.columns().size();
  std::vector<bool> mapped(columns, false), personal(columns, false);
  slots_.reserve(mapping_->fields.size());
  for (std::size_t i = 0; i < mapping_->fields.size(); ++i) {
    const MappingField& field = mapping_->fields[i];
    Slot& slot = slots_.emplace_back();
    slot.field = &field;
    slot.target = *target_of(mapping_->table, field.target);
    slot.required = is_required(field, slot.target);
    slot.number = field.number;
    if (!field.source.empty()) {
      const Result<std::size_t> column = feed_.column(field.source);
      if (!column) {
        Error error = column.error();
        error.where += text(": /fields/", i, "/source");
        return error;
      }
      slot.column = *column;
      mapped[slot.column] = true;
      if (is_personal(field, slot.target)) personal[slot.column] = true;
    }
    if (slot.target < Target::customer_column) {
      of_target_[static_cast<std::size_t>(slot.target)] = &slot;
    }
  }
  cancellations_ = bound(mapping_->cancellations);
  drop_ = bound(mapping_->drop);
  for (std::size_t i = 0; i < columns; ++i) mapped[i] = mapped[i] && !personal[i];
  quarantine_.emplace_back(*report_, feed_, options_.max_quarantined, std::move(mapped));
  return {};
}

std::vector<std::string> MappedRows::sample(const Slot& slot) {
  std::vector<std::string> texts;
  if (slot.column == no_column) return {std::string(trimmed(slot.field->constant))};
  for (std::size_t i = feed_.first_row(); i < feed_.scanner().rows(); ++i) {
    const ScannedRow row = feed_.row(i);
    if (row.problem != RowProblem::none) continue;
    const std::string_view text = trimmed(row[slot.column]);
    if (!is_missing(text)) texts.emplace_back(text);
    if (texts.size() == most_sampled) break;
  }
  return texts;
}

std::string MappedRows::first_value(const Slot& slot) {
  const std::vector<std::string> texts = sample(slot);
  return texts.empty() ? slot.field->default_value : texts.front();
}

Result<void> MappedRows::detect_formats() {
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    Slot& slot = slots_[i];
    const bool detects = slot.target == Target::time ? slot.field->time.order == DateOrder::detect
                                                     : slot.number.point == '\0';
    if (slot.target != Target::time && !is_number(slot.target)) continue;
    std::optional<Error> unclear;
    if (slot.target == Target::time) {
      TimeFormat format = slot.field->time;
      if (detects) {
        const Result<DateOrder> order = detect_date_order(sample(slot), format.two_digit_years);
        if (order) {
          format.order = *order;
        } else {
          unclear = order.error();
        }
      }
      date_order_ = format.order;
      times_ = TimeParser(format, mapping_->utc_offset);
    } else if (detects) {
      const Result<char> point = detect_point(sample(slot), slot.number.thousands);
      if (point) {
        slot.number.point = *point;
      } else {
        unclear = point.error();
      }
    }
    if (unclear) {
      unclear->where = text(feed_.name(), ": column '", slot.field->source, "' (/fields/", i, ")");
      return *unclear;
    }
  }
  return {};
}

bool MappedRows::is_listed_missing(std::string_view text) const noexcept {
  for (const std::string& word : mapping_->missing) {
    if (text == word) return true;
  }
  return false;
}

const Slot* MappedRows::load_values(const ScannedRow& row) noexcept {
  const Slot* lacking = nullptr;
  for (Slot& slot : slots_) {
    slot.value = trimmed(slot.column == no_column ? std::string_view(slot.field->constant)
                                                  : row[slot.column]);
    if (is_missing(slot.value)) {
      ++slot.missing;
      slot.value = slot.field->default_value;
      if (slot.required && slot.value.empty() && lacking == nullptr) lacking = &slot;
    }
  }
  return lacking;
}

std::vector<MappedRows::BoundRule> MappedRows::bound(const std::vector<RowRule>& rules) const {
  std::vector<BoundRule> out;
  for (const RowRule& rule : rules) {
    for (const Slot& slot : slots_) {
      if (slot.field->target == rule.target) out.push_back({&rule, &slot});
    }
  }
  return out;
}

bool MappedRows::matches(const std::vector<BoundRule>& rules) noexcept {
  for (const auto& [rule, slot] : rules) {
    if (rule->equals.empty() ? slot->value.starts_with(rule->prefix)
                             : slot->value == rule->equals) {
      return true;
    }
  }
  return false;
}

MappedRows::Verdict MappedRows::check(const ScannedRow& row, std::uint64_t print) {
  ++report_->rows_read;
  if (row.problem != RowProblem::none) return {row.problem, nullptr};
  const Slot* const lacking = load_values(row);
  if (report_->duplicates_counted && !seen_.insert(print)) {
    ++report_->duplicate_rows;
    if (mapping_->duplicates == DuplicateRows::drop) return {RowProblem::duplicate_row, nullptr};
  }
  if (matches(drop_)) return {RowProblem::dropped_by_rule, nullptr};
  if (lacking != nullptr) return {RowProblem::empty_field, lacking};
  return {};
}

std::string MappedRows::hint(const Verdict& verdict) const {
  if (verdict.slot == nullptr) return {};
  const Slot& slot = *verdict.slot;
  switch (verdict.problem) {
    case RowProblem::empty_field:
      return text("'", slot.field->target, "' is required");
    case RowProblem::bad_time:
      return text("expected ", format_name({date_order_, slot.field->time.two_digit_years}));
    case RowProblem::two_digit_year:
      return "declare dd/mm/yy or mm/dd/yy to read it";
    case RowProblem::bad_number:
      return text("expected digits with a ", number_format_name(slot.number));
    case RowProblem::too_many_decimals:
      return slot.target == Target::quantity ? "expected a whole number"
                                             : text("'price_scale' is ", mapping_->price_scale);
    case RowProblem::other_currency:
      return text("expected ", report_->currency.code());
    default:
      return {};
  }
}

void MappedRows::reject(const ScannedRow& row, const Verdict& verdict) {
  if (verdict.problem == RowProblem::invalid_utf8) ++report_->invalid_utf8_rows;
  const bool whole = verdict.problem == RowProblem::duplicate_row ||
                     verdict.problem == RowProblem::dropped_by_rule;
  const std::size_t column = verdict.slot != nullptr ? verdict.slot->column
                             : whole                 ? no_column
                                                     : row.problem_field;
  quarantine_.front().add(row, verdict.problem, column, hint(verdict));
}

void MappedRows::finish() {
  const CsvScanner& scanner = feed_.scanner();
  report_->bytes = scanner.bytes();
  report_->lines = scanner.lines();
  report_->blank_lines = scanner.blank_lines();
  report_->repaired_utf8_rows = scanner.repaired_rows();
  report_->invalid_utf8_rows += scanner.repaired_rows();
  report_->columns.clear();
  for (const Slot& slot : slots_) {
    ColumnQuality& column = report_->columns.emplace_back();
    column.source = slot.field->source;
    column.target = slot.field->target;
    column.missing = slot.missing;
    if (slot.target == Target::time) {
      column.format = format_name({date_order_, slot.field->time.two_digit_years});
      column.detected = slot.field->time.order == DateOrder::detect;
    } else if (is_number(slot.target)) {
      column.format = number_format_name(slot.number);
      column.detected = slot.field->number.point == '\0';
      const int scale = slot.target == Target::quantity ? 0 : mapping_->price_scale;
      if (slot.any) column.range = ColumnQuality::Range{slot.least, slot.most, scale};
    }
  }
}

}  // namespace emptor::detail
