#pragma once
// Rows of a file as a mapping sees them: one value a field of the mapping, whatever column it
// stands in; what is common to all tables is checked and counted here. Thread safety: one reader a
// thread.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/ingest/orders_csv.hpp"
#include "ingest/csv_feed.hpp"
#include "ingest/fingerprints.hpp"
#include "ingest/parse.hpp"
#include "ingest/quarantine.hpp"
#include "ingest/targets.hpp"

namespace emptor::detail {

inline constexpr std::size_t no_column = ~std::size_t{0};

/// One field of the mapping, bound to this file.
struct Slot {
  const MappingField* field = nullptr;
  Target target{};
  std::size_t column = no_column;  ///< `no_column`: a constant
  bool required = false;
  NumberFormat number{};
  std::uint64_t missing = 0;
  bool any = false;  ///< of `least`, `most`
  std::int64_t least = 0;
  std::int64_t most = 0;
  std::string_view value{};  ///< in the current row, trimmed; empty: missing
};

class MappedRows {
 public:
  /// What a table says of a row: it was kept, or the slot's value is wrong.
  struct Verdict {
    RowProblem problem = RowProblem::none;
    const Slot* slot = nullptr;
  };

  MappedRows(ByteSource& source, const std::string& name, const Mapping& mapping,
             const ReadOptions& options, const Context& context, QualityReport& report)
      : mapping_(&mapping),
        options_(options),
        context_(&context),
        source_(&source),
        feed_(source, name, mapping.csv),
        report_(&report) {}
  MappedRows(const MappedRows&) = delete;
  MappedRows& operator=(const MappedRows&) = delete;

  /// Reads the header, binds the mapping's columns and finds out formats. Errors: see
  /// read_orders_csv.
  [[nodiscard]] Result<void> start();
  /// Calls `keep() -> Verdict` for every row whose values are there. Errors: of the source,
  /// `stopped`.
  template <class Keep>
  [[nodiscard]] Result<void> each(Keep&& keep);

  /// The slot of this target, or null.
  [[nodiscard]] Slot* slot(Target target) noexcept {
    return of_target_[static_cast<std::size_t>(target)];
  }
  [[nodiscard]] std::string_view value(Target target) const noexcept {
    const Slot* slot = of_target_[static_cast<std::size_t>(target)];
    return slot == nullptr ? std::string_view{} : slot->value;
  }
  [[nodiscard]] std::vector<Slot>& slots() noexcept { return slots_; }
  [[nodiscard]] TimeParser& times() noexcept { return times_; }
  /// Whether the current row takes back an order.
  [[nodiscard]] bool cancels() const noexcept { return matches(cancellations_); }
  /// How many rows the whole input may have, by its size and the first batch; 0: not known.
  [[nodiscard]] std::size_t expected_rows() const noexcept { return expected_rows_; }
  /// The first value of the slot in the sample that is not empty.
  [[nodiscard]] std::string first_value(const Slot& slot);
  static void widen(Slot& slot, std::int64_t number) noexcept {
    if (!slot.any || number < slot.least) slot.least = number;
    if (!slot.any || number > slot.most) slot.most = number;
    slot.any = true;
  }

 private:
  static constexpr std::size_t group = 32;  ///< rows whose fingerprints are fetched ahead

  struct BoundRule {
    const RowRule* rule;
    const Slot* slot;
  };

  [[nodiscard]] Result<void> bind();
  [[nodiscard]] Result<void> detect_formats();
  [[nodiscard]] std::vector<std::string> sample(const Slot& slot);
  [[nodiscard]] bool is_missing(std::string_view text) const noexcept {
    return text.empty() || (!mapping_->missing.empty() && is_listed_missing(text));
  }
  [[nodiscard]] bool is_listed_missing(std::string_view text) const noexcept;
  [[nodiscard]] std::vector<BoundRule> bound(const std::vector<RowRule>& rules) const;
  [[nodiscard]] static bool matches(const std::vector<BoundRule>& rules) noexcept;
  [[nodiscard]] Verdict check(const ScannedRow& row, std::uint64_t print);
  /// Returns a slot that is required and has no value, or null.
  const Slot* load_values(const ScannedRow& row) noexcept;
  void reject(const ScannedRow& row, const Verdict& verdict);
  void finish();
  [[nodiscard]] std::string hint(const Verdict& verdict) const;

  const Mapping* mapping_;
  ReadOptions options_;
  const Context* context_;
  ByteSource* source_;
  CsvFeed feed_;
  QualityReport* report_;
  std::vector<Slot> slots_;
  std::array<Slot*, single_targets> of_target_{};
  std::vector<BoundRule> cancellations_, drop_;
  TimeParser times_;
  DateOrder date_order_ = DateOrder::year_month_day;
  std::vector<Quarantine> quarantine_;  ///< one, made once the columns are bound
  Fingerprints seen_;
  std::size_t expected_rows_ = 0;
};

template <class Keep>
Result<void> MappedRows::each(Keep&& keep) {
  CsvScanner& scanner = feed_.scanner();
  const bool look_for_duplicates = mapping_->duplicates != DuplicateRows::ignore;
  std::uint64_t prints[group] = {};
  for (std::size_t begin = feed_.first_row();; begin = 0) {
    const std::size_t rows = scanner.rows();
    for (std::size_t from = begin; from < rows; from += group) {
      const std::size_t to = rows - from < group ? rows : from + group;
      for (std::size_t i = from; look_for_duplicates && i < to; ++i) {
        prints[i - from] = Fingerprints::of(scanner.raw(i));
        seen_.prefetch(prints[i - from]);
      }
      for (std::size_t i = from; i < to; ++i) {
        const ScannedRow row = feed_.row(i);
        Verdict verdict = check(row, prints[i - from]);
        if (verdict.problem == RowProblem::none) verdict = keep();
        if (verdict.problem == RowProblem::none) {
          ++report_->rows_kept;
        } else {
          reject(row, verdict);
        }
      }
    }
    const ProgressStep step{"read csv", static_cast<std::size_t>(scanner.bytes()),
                            static_cast<std::size_t>(source_->size_hint())};
    if (context_->report(step) == Go::stop) {
      return Error{ErrorCode::stopped, "reading was stopped", feed_.name()};
    }
    const Result<bool> more = scanner.next_batch();
    if (!more) return more.error();
    if (!*more) break;
  }
  finish();
  return {};
}

}  // namespace emptor::detail
