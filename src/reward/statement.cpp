#include "emptor/reward/statement.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <string>
#include <utility>

#include "emptor/core/text.hpp"

namespace emptor {
namespace {

/// By how much a record changed what `account` has posted and held.
std::pair<std::int64_t, std::int64_t> change_of(const Ledger& ledger, const LedgerRecord& record,
                                                Account account) {
  const std::int64_t sign = record.credit == account ? 1 : -1;
  switch (record.kind) {
    case TransferKind::posted:
      return {sign * record.amount, 0};
    case TransferKind::pending:
      return {0, sign * record.amount};
    case TransferKind::post_pending:
      return {sign * record.amount, -sign * ledger.records()[record.other].amount};
    case TransferKind::void_pending:
    case TransferKind::timed_out:
      break;
  }
  return {0, -sign * record.amount};
}

/// Collects a text and hands it on in large parts.
class SinkBuffer {
 public:
  explicit SinkBuffer(TextSink sink) : sink_(sink) {}
  template <class... Parts>
  void put(const Parts&... parts) {
    (detail::append_text(text_, parts), ...);
    if (text_.size() > 60'000) flush();
  }
  void flush() {
    if (!text_.empty()) sink_(text_);
    text_.clear();
  }

 private:
  TextSink sink_;
  std::string text_;
};

/// The amount with the decimals of its currency; points have none.
std::string value_of(std::int64_t amount, LedgerUnit unit) {
  return decimal_text(amount, unit.is_points() ? 0 : unit.currency().digits());
}

std::string time_text(Time time) {
  // Instants beyond the calendar's years are told in seconds.
  constexpr std::int64_t limit = 900'000'000'000;
  const std::int64_t seconds = time.time_since_epoch().count();
  if (time == Time::min()) return {};
  return seconds > -limit && seconds < limit ? to_string(time) : text(seconds);
}

/// A record's fields that both formats have, as texts; empty: none.
struct RowTexts {
  std::string id, time, recorded, reference, deadline, resolves;

  RowTexts(const Ledger& ledger, std::uint32_t number) {
    const LedgerRecord& of = ledger.records()[number];
    if (!of.id.is_none()) id = to_string(of.id);
    time = time_text(of.time);
    recorded = time_text(ledger.recorded_at(number));
    if (of.reference != 0) reference = text(of.reference);
    if (of.timeout != 0) deadline = time_text(of.time + std::chrono::seconds{of.timeout});
    if (of.kind != TransferKind::pending && of.other != no_record) {
      resolves = to_string(ledger.records()[of.other].id);
    }
  }
};

}  // namespace

AccountStatement account_statement(const Ledger& ledger, Account account,
                                   const TimeWindow& window) {
  AccountStatement out;
  out.account = ledger.key(account);
  out.window = window;
  std::vector<std::uint32_t> numbers;
  for (std::uint32_t at = ledger.last_record(account); at != no_record;
       at = ledger.previous_record(at, account)) {
    numbers.push_back(at);
  }
  std::int64_t balance = 0;
  std::int64_t held = 0;
  for (auto number = numbers.rbegin(); number != numbers.rend(); ++number) {
    const LedgerRecord& record = ledger.records()[*number];
    const auto [posted, pending] = change_of(ledger, record, account);
    balance += posted;
    held += pending;
    const Time recorded = ledger.recorded_at(*number);
    if (recorded < window.from) {
      out.opening = balance;
      out.opening_held = held;
    }
    if (recorded < window.to || window.to == Time::max()) {
      out.closing = balance;
      out.closing_held = held;
      if (recorded >= window.from) {
        const Account other = record.debit == account ? record.credit : record.debit;
        out.lines.push_back({*number, record.id, record.kind, record.time, recorded,
                             ledger.key(other), record.code, record.reference, posted, pending,
                             balance, held});
      }
    }
  }
  return out;
}

TrialBalance trial_balance(const Ledger& ledger) {
  using Sums = std::array<detail::int128, 4>;
  std::map<std::pair<LedgerUnit, AccountPurpose>, std::pair<std::size_t, Sums>> groups;
  std::map<LedgerUnit, std::pair<detail::int128, detail::int128>> totals;
  for (std::size_t a = 0; a < ledger.accounts(); ++a) {
    const AccountKey& key = ledger.key(id_at<Account>(a));
    const AccountBalance& of = ledger.balance(id_at<Account>(a));
    auto& [count, sums] = groups[{key.unit, key.purpose}];
    ++count;
    sums[0] += of.debits_pending;
    sums[1] += of.debits_posted;
    sums[2] += of.credits_pending;
    sums[3] += of.credits_posted;
    auto& [pending, posted] = totals[key.unit];
    pending += detail::int128{of.credits_pending} - of.debits_pending;
    posted += detail::int128{of.credits_posted} - of.debits_posted;
  }
  TrialBalance out;
  for (const auto& [key, group] : groups) {
    const Sums& sums = group.second;
    constexpr std::string_view where = "trial_balance";
    out.rows.push_back({key.first,
                        key.second,
                        group.first,
                        {detail::narrow(sums[0], where), detail::narrow(sums[1], where),
                         detail::narrow(sums[2], where), detail::narrow(sums[3], where)}});
  }
  for (const auto& [unit, total] : totals) {
    out.balanced = out.balanced && total.first == 0 && total.second == 0;
  }
  return out;
}

void write_transfers_csv(const Ledger& ledger, TextSink sink) {
  SinkBuffer out(sink);
  out.put(
      "record,id,kind,debit,credit,unit,amount,value,time,recorded,reference,code,deadline,"
      "resolves,linked\r\n");
  for (std::uint32_t r = 0; r < ledger.records().size(); ++r) {
    const LedgerRecord& of = ledger.records()[r];
    const RowTexts row(ledger, r);
    const LedgerUnit unit = ledger.key(of.debit).unit;
    out.put(r, ',', row.id, ',', name(of.kind), ',', to_string(ledger.key(of.debit)), ',',
            to_string(ledger.key(of.credit)), ',', to_string(unit), ',', of.amount, ',',
            value_of(of.amount, unit), ',', row.time, ',', row.recorded, ',', row.reference, ',',
            of.code, ',', row.deadline, ',', row.resolves, ',', of.linked ? "yes" : "", "\r\n");
  }
  out.flush();
}

void write_transfers_json_lines(const Ledger& ledger, TextSink sink) {
  SinkBuffer out(sink);
  for (std::uint32_t r = 0; r < ledger.records().size(); ++r) {
    const LedgerRecord& of = ledger.records()[r];
    const RowTexts row(ledger, r);
    const LedgerUnit unit = ledger.key(of.debit).unit;
    out.put("{\"record\":", r, ",\"kind\":\"", name(of.kind), "\",\"debit\":\"",
            to_string(ledger.key(of.debit)), "\",\"credit\":\"", to_string(ledger.key(of.credit)),
            "\",\"unit\":\"", to_string(unit), "\",\"amount\":", of.amount, ",\"value\":\"",
            value_of(of.amount, unit), "\",\"code\":", of.code);
    const std::pair<std::string_view, std::string_view> texts[] = {{"id", row.id},
                                                                   {"time", row.time},
                                                                   {"recorded", row.recorded},
                                                                   {"reference", row.reference},
                                                                   {"deadline", row.deadline},
                                                                   {"resolves", row.resolves}};
    for (const auto& [field, value] : texts) {
      if (!value.empty()) out.put(",\"", field, "\":\"", value, '"');
    }
    out.put(of.linked ? ",\"linked\":true}\n" : "}\n");
  }
  out.flush();
}

void write_accounts_csv(const Ledger& ledger, TextSink sink) {
  SinkBuffer out(sink);
  out.put(
      "account,owner,owner_id,purpose,unit,debits_pending,debits_posted,credits_pending,"
      "credits_posted,balance\r\n");
  for (std::size_t a = 0; a < ledger.accounts(); ++a) {
    const AccountKey& key = ledger.key(id_at<Account>(a));
    const AccountBalance& of = ledger.balance(id_at<Account>(a));
    out.put(to_string(key), ',', name(key.owner), ',', key.owner_id, ',', name(key.purpose), ',',
            to_string(key.unit), ',', of.debits_pending, ',', of.debits_posted, ',',
            of.credits_pending, ',', of.credits_posted, ',', of.posted(), "\r\n");
  }
  out.flush();
}

}  // namespace emptor
