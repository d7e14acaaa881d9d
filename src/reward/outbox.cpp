#include "emptor/reward/outbox.hpp"

#include <algorithm>
#include <array>

#include "emptor/core/archive.hpp"

namespace emptor {

namespace {

constexpr std::size_t record_bytes = 2 * 8 + 1 + 4 + 8 + 8 + 8 + 3 + 4 + 4 + 8;

std::int64_t seconds(Time time) noexcept {
  return time.time_since_epoch().count();
}

// Said once, whenever it is found.
bool is_warning(OutboxKind kind) noexcept {
  return kind == OutboxKind::points_expiring || kind == OutboxKind::tier_at_risk;
}

OutboxRecord with_id(OutboxRecord record) {
  if (record.customer == no_customer || record.amount < 0) {
    throw Exception(ErrorCode::invalid_value,
                    "a notification concerns somebody, and its amount is at least 0",
                    std::string(name(record.kind)));
  }
  record.id = outbox_id(record);
  return record;
}

OutboxRecord of_money(OutboxKind kind, Customer customer, std::uint64_t subject, Money amount,
                      Time time, Time due = Time::max()) {
  return with_id({.id = {},
                  .kind = kind,
                  .customer = customer,
                  .time = time,
                  .subject = subject,
                  .amount = amount.minor(),
                  .currency = amount.currency(),
                  .due = due});
}

OutboxRecord of_points(OutboxKind kind, Customer customer, std::uint64_t lot, std::int64_t points,
                       Time time, Time due = Time::max()) {
  return with_id({.id = {},
                  .kind = kind,
                  .customer = customer,
                  .time = time,
                  .subject = lot,
                  .amount = points,
                  .due = due});
}

void put(SectionWriter& section, const OutboxRecord& record) {
  section.put(record.id.high);
  section.put(record.id.low);
  section.put(record.kind);
  section.put(record.customer);
  section.put(seconds(record.time));
  section.put(record.subject);
  section.put(record.amount);
  for (const char c : record.currency.code()) section.put(static_cast<std::uint8_t>(c));
  section.put(record.from);
  section.put(record.to);
  section.put(seconds(record.due));
}

OutboxRecord get(SectionReader& section) {
  OutboxRecord record;
  record.id.high = section.get<std::uint64_t>();
  record.id.low = section.get<std::uint64_t>();
  record.kind = section.get_enum(OutboxKind::review_decided);
  record.customer = section.get<Customer>();
  record.time = Time{std::chrono::seconds{section.get<std::int64_t>()}};
  record.subject = section.get<std::uint64_t>();
  record.amount = section.get<std::int64_t>();
  std::array<char, 3> code{};
  bool letters = true;
  for (char& c : code) {
    c = static_cast<char>(section.get<std::uint8_t>());
    letters = letters && c >= 'A' && c <= 'Z';
  }
  if (section.require(letters, "a currency is three letters")) {
    record.currency = Currency(std::string_view(code.data(), code.size()));
  }
  record.from = section.get<std::uint32_t>();
  record.to = section.get<std::uint32_t>();
  record.due = Time{std::chrono::seconds{section.get<std::int64_t>()}};
  return record;
}

}  // namespace

OutboxId outbox_id(const OutboxRecord& record) noexcept {
  const bool warning = is_warning(record.kind);
  // What lapses of a lot can grow by a refund: that is a happening of its own.
  const bool amounts = record.kind == OutboxKind::points_expired;
  std::array<std::byte, 7 * 8> bytes;
  const std::uint64_t values[7] = {static_cast<std::uint64_t>(record.kind),
                                   static_cast<std::uint64_t>(record.customer),
                                   record.subject,
                                   warning ? 0 : static_cast<std::uint64_t>(seconds(record.time)),
                                   std::uint64_t{record.from} << 32U | record.to,
                                   warning ? static_cast<std::uint64_t>(seconds(record.due)) : 0,
                                   amounts ? static_cast<std::uint64_t>(record.amount) : 0};
  for (std::size_t i = 0; i < 7; ++i) detail::store_little(bytes.data() + 8 * i, values[i]);
  return {xxh64(bytes, 0), xxh64(bytes, 1)};
}

OutboxRecord claim_changed(Customer customer, std::uint64_t claim, std::uint32_t from,
                           std::uint32_t to, Time time) {
  return with_id({.id = {},
                  .kind = OutboxKind::claim_changed,
                  .customer = customer,
                  .time = time,
                  .subject = claim,
                  .from = from,
                  .to = to});
}

OutboxRecord reward_granted(Customer customer, std::uint64_t decision, Money amount, Time time,
                            Time held_until) {
  return of_money(OutboxKind::reward_granted, customer, decision, amount, time, held_until);
}

OutboxRecord reward_posted(Customer customer, std::uint64_t transfer, Money amount, Time time) {
  return of_money(OutboxKind::reward_posted, customer, transfer, amount, time);
}

OutboxRecord reward_clawed_back(Customer customer, std::uint64_t transfer, Money amount,
                                Time time) {
  return of_money(OutboxKind::reward_clawed_back, customer, transfer, amount, time);
}

OutboxRecord points_earned(Customer customer, std::uint64_t lot, std::int64_t points, Time time,
                           Time expires_at) {
  return of_points(OutboxKind::points_earned, customer, lot, points, time, expires_at);
}

OutboxRecord points_expiring(Customer customer, std::uint64_t lot, std::int64_t points, Time time,
                             Time expires_at) {
  return of_points(OutboxKind::points_expiring, customer, lot, points, time, expires_at);
}

OutboxRecord points_expired(Customer customer, std::uint64_t lot, std::int64_t points, Time time) {
  return of_points(OutboxKind::points_expired, customer, lot, points, time);
}

OutboxRecord tier_changed(Customer customer, std::uint32_t from, std::uint32_t to, Time time) {
  if (from == to) {
    throw Exception(ErrorCode::invalid_value, "a tier that stays is no change", "tier_changed");
  }
  return with_id({.id = {},
                  .kind = to > from ? OutboxKind::tier_raised : OutboxKind::tier_lowered,
                  .customer = customer,
                  .time = time,
                  .from = from,
                  .to = to});
}

OutboxRecord tier_at_risk(Customer customer, std::uint32_t now, std::uint32_t then, Time time,
                          Time falls_at) {
  return with_id({.id = {},
                  .kind = OutboxKind::tier_at_risk,
                  .customer = customer,
                  .time = time,
                  .from = now,
                  .to = then,
                  .due = falls_at});
}

OutboxRecord review_opened(Customer customer, std::uint64_t review, Time time, Time deadline) {
  return with_id({.id = {},
                  .kind = OutboxKind::review_opened,
                  .customer = customer,
                  .time = time,
                  .subject = review,
                  .due = deadline});
}

OutboxRecord review_decided(Customer customer, std::uint64_t review, std::uint32_t decision,
                            Time time) {
  return with_id({.id = {},
                  .kind = OutboxKind::review_decided,
                  .customer = customer,
                  .time = time,
                  .subject = review,
                  .to = decision});
}

OutboxVerdict Outbox::append(const OutboxRecord& record) {
  if (static_cast<std::size_t>(record.kind) >= outbox_kind_count ||
      record.customer == no_customer || record.amount < 0 || record.id != outbox_id(record)) {
    return OutboxVerdict::invalid;
  }
  std::uint64_t key = record.id.low;
  for (; const detail::ArrayPlace* there = places_.find(key); ++key) {
    const OutboxRecord& known = records_[there->at];
    if (known.id != record.id) continue;  // half an id in common
    return known == record || is_warning(record.kind) ? OutboxVerdict::repeated
                                                      : OutboxVerdict::conflict;
  }
  if (records_.size() >= max_ids) {
    throw Exception(ErrorCode::overflow, text("an outbox has at most ", max_ids, " records"),
                    "Outbox");
  }
  records_.push_back(record);
  try {
    places_.insert(key, {static_cast<std::uint32_t>(records_.size() - 1)});
  } catch (...) {
    records_.pop_back();
    throw;
  }
  return OutboxVerdict::appended;
}

std::size_t Outbox::acknowledged(std::string_view consumer) const {
  const auto at = std::lower_bound(
      cursors_.begin(), cursors_.end(), consumer,
      [](const auto& cursor, std::string_view wanted) { return cursor.first < wanted; });
  return at != cursors_.end() && at->first == consumer ? at->second : 0;
}

std::span<const OutboxRecord> Outbox::unread(std::string_view consumer, std::size_t most) const {
  const std::span<const OutboxRecord> rest = records().subspan(acknowledged(consumer));
  return rest.first(std::min(most, rest.size()));
}

Result<void> Outbox::acknowledge(std::string_view consumer, std::size_t count) {
  if (count > records_.size()) {
    return Error{ErrorCode::out_of_range,
                 text("there are ", records_.size(), " records, not ", count),
                 "Outbox::acknowledge"};
  }
  const auto at = std::lower_bound(
      cursors_.begin(), cursors_.end(), consumer,
      [](const auto& cursor, std::string_view wanted) { return cursor.first < wanted; });
  if (at == cursors_.end() || at->first != consumer) {
    cursors_.emplace(at, std::string(consumer), count);
  } else {
    at->second = std::max(at->second, count);
  }
  return {};
}

std::vector<std::string> Outbox::consumers() const {
  std::vector<std::string> names;
  for (const auto& cursor : cursors_) names.push_back(cursor.first);
  return names;
}

void Outbox::reserve(std::size_t records) {
  records_.reserve(records);
  places_.reserve(records);
}

std::vector<std::byte> Outbox::save() const {
  ArchiveWriter writer(archive_kind, 1);
  SectionWriter& section = writer.section("records");
  section.put(std::uint64_t{records_.size()});
  for (const OutboxRecord& record : records_) put(section, record);
  SectionWriter& cursors = writer.section("cursors");
  cursors.put(std::uint64_t{cursors_.size()});
  for (const auto& [consumer, count] : cursors_) {
    cursors.put_text(consumer);
    cursors.put(std::uint64_t{count});
  }
  return std::move(writer).finish();
}

Result<Outbox> Outbox::load(std::span<const std::byte> bytes) {
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, archive_kind, 1);
  if (!reader) return reader.error();
  Result<SectionReader> section = reader->section("records");
  if (!section) return section.error();
  Outbox out;
  const auto count = section->get<std::uint64_t>();
  section->require(count <= section->remaining() / record_bytes,
                   "more records than there are bytes");
  for (std::uint64_t i = 0; section->ok() && i < count; ++i) {
    const OutboxRecord record = get(*section);
    if (!section->ok()) break;
    section->require(out.append(record) == OutboxVerdict::appended,
                     "a record that is broken or there twice");
  }
  if (const Result<void> done = section->finish(); !done) return done.error();
  Result<SectionReader> cursors = reader->section("cursors");
  if (!cursors) return cursors.error();
  const auto consumers = cursors->get<std::uint64_t>();
  for (std::uint64_t i = 0; cursors->ok() && i < consumers; ++i) {
    const std::string consumer = cursors->get_text();
    const auto at = cursors->get<std::uint64_t>();
    const bool sound =
        at <= out.records_.size() && (out.cursors_.empty() || out.cursors_.back().first < consumer);
    if (cursors->require(sound, "a cursor beyond the records, or out of order")) {
      out.cursors_.emplace_back(consumer, static_cast<std::size_t>(at));
    }
  }
  if (const Result<void> done = cursors->finish(); !done) return done.error();
  return out;
}

}  // namespace emptor
