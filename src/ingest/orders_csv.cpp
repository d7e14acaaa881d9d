#include "emptor/ingest/orders_csv.hpp"

#include <limits>

#include "ingest/mapped_rows.hpp"

namespace emptor {

namespace {

using detail::MappedRows;
using detail::Slot;
using detail::Target;

constexpr std::int64_t most_units = std::numeric_limits<std::int64_t>::max();

/// The id of a key that mostly equals the one before.
template <class Table, class Id>
Id id_of(Table& table, std::string_view key, Id last) {
  if (last != no_id<Id> && detail::same_key(table.key(last), key)) return last;
  return table.add(key);
}

/// Text columns "customer.<column>", "item.<column>" and the slots that fill them.
template <DenseId Id>
class TextColumns {
 public:
  TextColumns(Entities<Id>& table, MappedRows& rows, Target target) {
    for (const Slot& slot : rows.slots()) {  // all columns first: adding one moves the others
      if (slot.target == target) (void)table.column(detail::column_part(slot.field->target));
    }
    for (const Slot& slot : rows.slots()) {
      if (slot.target != target) continue;
      columns_.push_back({&table.column(detail::column_part(slot.field->target)), &slot});
    }
  }
  /// The first text that is not empty stays.
  void fill(Id id) {
    for (const auto& [column, slot] : columns_) {
      if (column->code_at(id) == no_id<TextCode> && !slot->value.empty()) {
        column->set(id, slot->value);
      }
    }
  }

 private:
  struct Filled {
    TextColumn<Id>* column;
    const Slot* slot;
  };
  std::vector<Filled> columns_;
};

/// Who and which item a row speaks of, for both kinds of tables.
class Parties {
 public:
  Parties(MappedRows& rows, Customers& customers, Items& items)
      : customers_(&customers),
        items_(&items),
        customer_texts_(customers, rows, Target::customer_column),
        item_texts_(items, rows, Target::item_column) {}

  Customer customer(std::string_view key, QualityReport& report) {
    if (key.empty()) {
      ++report.rows_without_customer;
      return no_customer;
    }
    last_customer_ = id_of(*customers_, key, last_customer_);
    customer_texts_.fill(last_customer_);
    return last_customer_;
  }
  Item item(std::string_view key) {
    if (key.empty()) return no_item;
    last_item_ = id_of(*items_, key, last_item_);
    item_texts_.fill(last_item_);
    return last_item_;
  }

 private:
  Customers* customers_;
  Items* items_;
  TextColumns<Customer> customer_texts_;
  TextColumns<Item> item_texts_;
  Customer last_customer_ = no_customer;
  Item last_item_ = no_item;
};

void widen_span(QualityReport& report, Time time) {
  if (!report.first_time || time < *report.first_time) report.first_time = time;
  if (!report.last_time || time > *report.last_time) report.last_time = time;
}

/// Turns rows into order lines.
class OrderRows {
 public:
  OrderRows(MappedRows& rows, const Mapping& mapping, Customers& customers, Items& items,
            QualityReport& report)
      : rows_(&rows),
        mapping_(&mapping),
        report_(&report),
        parties_(rows, customers, items),
        builder_(customers, items, {report.currency, mapping.price_scale}),
        item_(rows.slot(Target::item)),
        time_(rows.slot(Target::time)),
        quantity_(rows.slot(Target::quantity)),
        price_(rows.slot(Target::unit_price)),
        amount_(rows.slot(Target::amount)),
        currency_(rows.slot(Target::currency)) {
    builder_.reserve(rows.expected_rows());
  }

  MappedRows::Verdict keep() {
    if (item_->value.empty()) return {RowProblem::empty_field, item_};
    OrderLine line;
    RowProblem problem = rows_->times().parse(time_->value, line.time);
    if (problem != RowProblem::none) return {problem, time_};
    if (currency_ != nullptr && currency_->value != report_->currency.code()) {
      return {RowProblem::other_currency, currency_};
    }
    if (quantity_ != nullptr && !quantity_->value.empty()) {
      problem = detail::parse_number(quantity_->value, 0, quantity_->number, line.quantity);
      if (problem == RowProblem::none &&
          line.quantity != static_cast<std::int32_t>(line.quantity)) {
        problem = RowProblem::number_out_of_range;
      }
      if (problem != RowProblem::none) return {problem, quantity_};
    }
    Slot* const paid = price_ != nullptr ? price_ : amount_;
    std::int64_t number = 0;
    if (!paid->value.empty()) {
      problem = detail::parse_number(paid->value, mapping_->price_scale, paid->number, number);
      if (problem != RowProblem::none) return {problem, paid};
    }
    if (price_ != nullptr && number < 0) return {RowProblem::negative_price, price_};
    if (number == 0 && mapping_->reject_zero_prices) return {RowProblem::zero_price, paid};
    const bool cancels = rows_->cancels();
    if (cancels && mapping_->negate_cancellations) {
      line.quantity = line.quantity > 0 ? -line.quantity : line.quantity;
      if (price_ == nullptr) number = number > 0 ? -number : number;
    }
    line.amount = number;
    if (price_ != nullptr && __builtin_mul_overflow(number, line.quantity, &line.amount)) {
      return {RowProblem::number_out_of_range, price_};
    }
    const std::int64_t room = most_units - report_->sales + report_->refunds;
    if (line.amount > room || line.amount < -room) return {RowProblem::number_out_of_range, paid};

    line.order = rows_->value(Target::order);
    line.channel = rows_->value(Target::channel);
    const Customer customer = parties_.customer(rows_->value(Target::customer), *report_);
    builder_.add(line, customer, parties_.item(item_->value));
    (line.amount < 0 ? report_->refunds : report_->sales) += line.amount;
    report_->rows_with_zero_price += number == 0 ? 1 : 0;
    report_->cancellation_rows += cancels ? 1 : 0;
    report_->refund_rows += line.amount < 0 || line.quantity < 0 ? 1 : 0;
    widen_span(*report_, line.time);
    if (quantity_ != nullptr) MappedRows::widen(*quantity_, line.quantity);
    MappedRows::widen(*paid, number);
    return {};
  }

  [[nodiscard]] Orders finish() && { return std::move(builder_).finish(); }

 private:
  MappedRows* rows_;
  const Mapping* mapping_;
  QualityReport* report_;
  Parties parties_;
  OrdersBuilder builder_;
  Slot* item_;
  Slot* time_;
  Slot* quantity_;
  Slot* price_;
  Slot* amount_;
  Slot* currency_;
};

/// The mapping's currency, or that of the first row.
Result<Currency> table_currency(MappedRows& rows, const Mapping& mapping, const std::string& name) {
  if (!mapping.currency.empty()) return Currency(mapping.currency);
  const std::string first = rows.first_value(*rows.slot(Target::currency));
  if (first.empty()) return Currency{};  // no row, or none that could be kept
  try {
    return Currency(first);
  } catch (const Exception&) {
    return Error{ErrorCode::invalid_value,
                 "the first row's currency is not three letters A to Z: declare 'currency'", name};
  }
}

Error wrong_table(std::string_view expected) {
  return {ErrorCode::invalid_option, text("must be \"", expected, "\" to read ", expected),
          "/table"};
}

}  // namespace

Result<OrdersRead> read_orders_csv(ByteSource& source, const std::string& name,
                                   const Mapping& mapping, Customers& customers, Items& items,
                                   const ReadOptions& options, const Context& context) {
  if (mapping.table != MappingTable::orders) return wrong_table("orders");
  QualityReport report;
  MappedRows rows(source, name, mapping, options, context, report);
  if (const Result<void> begun = rows.start(); !begun) return begun.error();
  const Result<Currency> currency = table_currency(rows, mapping, name);
  if (!currency) return currency.error();
  report.currency = *currency;
  report.price_scale = mapping.price_scale;
  OrderRows lines(rows, mapping, customers, items, report);
  if (const Result<void> done = rows.each([&] { return lines.keep(); }); !done) return done.error();
  return OrdersRead{std::move(lines).finish(), std::move(report)};
}

Result<OrdersRead> read_orders_csv(const std::string& path, const Mapping& mapping,
                                   Customers& customers, Items& items, const ReadOptions& options,
                                   const Context& context) {
  FileSource file(path);
  return read_orders_csv(file, path, mapping, customers, items, options, context);
}

Result<EventsRead> read_events_csv(ByteSource& source, const std::string& name,
                                   const Mapping& mapping, Customers& customers, Items& items,
                                   const ReadOptions& options, const Context& context) {
  if (mapping.table != MappingTable::events) return wrong_table("events");
  QualityReport report;
  MappedRows rows(source, name, mapping, options, context, report);
  if (const Result<void> begun = rows.start(); !begun) return begun.error();
  Parties parties(rows, customers, items);
  Events events;
  const Slot* const time_slot = rows.slot(Target::time);
  const auto keep = [&]() -> MappedRows::Verdict {
    Time time;
    const RowProblem problem = rows.times().parse(time_slot->value, time);
    if (problem != RowProblem::none) return {problem, time_slot};
    const std::optional<EventKind> kind = event_kind(rows.value(Target::kind));
    if (!kind) return {RowProblem::unknown_kind, rows.slot(Target::kind)};
    const Customer customer = parties.customer(rows.value(Target::customer), report);
    events.add(customer, parties.item(rows.value(Target::item)), *kind, time,
               rows.value(Target::channel));
    widen_span(report, time);
    return {};
  };
  if (const Result<void> done = rows.each(keep); !done) return done.error();
  return EventsRead{std::move(events), std::move(report)};
}

Result<EventsRead> read_events_csv(const std::string& path, const Mapping& mapping,
                                   Customers& customers, Items& items, const ReadOptions& options,
                                   const Context& context) {
  FileSource file(path);
  return read_events_csv(file, path, mapping, customers, items, options, context);
}

}  // namespace emptor
