#include "emptor/reward/points.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "emptor/core/archive.hpp"

namespace emptor {

bool same_content(const PointFact& a, const PointFact& b) noexcept {
  PointFact other = b;
  other.draw = a.draw;
  return a == other;
}

namespace detail {

bool complete_point_fact(PointFact& fact, const FactIndex& ids) noexcept {
  if (fact.kind != PointFactKind::activate && fact.kind != PointFactKind::refund &&
      fact.kind != PointFactKind::claw_back) {
    return true;
  }
  const FactPlace* cause = ids.find(fact.source);
  if (cause == nullptr) return false;
  fact.customer = cause->customer;
  fact.source_time = cause->time;
  return true;
}

void put_point_fact(SectionWriter& section, const PointFact& fact) {
  section.put(fact.id);
  section.put(fact.customer);
  section.put(fact.kind);
  section.put(fact.draw);
  section.put(fact.clawback);
  for (const Time time : {fact.time, fact.source_time, fact.available_at, fact.expires_at}) {
    section.put(std::int64_t{time.time_since_epoch().count()});
  }
  section.put(fact.amount);
  section.put(fact.source);
}

static PointFact get_point_fact(SectionReader& section) {
  PointFact fact;
  fact.id = section.get<std::uint64_t>();
  fact.customer = section.get<Customer>();
  fact.kind = section.get_enum(PointFactKind::claw_back);
  fact.draw = section.get_enum(PointDraw::group);
  fact.clawback = section.get_enum(PointClawback::unlimited);
  for (Time* time : {&fact.time, &fact.source_time, &fact.available_at, &fact.expires_at}) {
    *time = Time{std::chrono::seconds{section.get<std::int64_t>()}};
  }
  fact.amount = section.get<std::int64_t>();
  fact.source = section.get<std::uint64_t>();
  return fact;
}

void get_point_facts(SectionReader& section, FunctionRef<bool(const PointFact&)> take) {
  constexpr std::size_t fact_bytes = 7 * 8 + 4 + 3;
  const auto count = section.get<std::uint64_t>();
  section.require(count <= section.remaining() / fact_bytes, "more facts than there are bytes");
  const auto key = [](const PointFact& fact) {
    return std::tuple(fact.customer, fact.time, fact.id);
  };
  PointFact last{.customer = Customer{0}, .time = Time::min()};
  for (std::uint64_t i = 0; section.ok() && i < count; ++i) {
    const PointFact fact = get_point_fact(section);
    const bool in_order = fact.customer != no_customer && key(last) < key(fact);
    if (!section.require(in_order, "facts of nobody, or out of order")) return;
    last = fact;
    bool taken = false;
    try {
      taken = take(fact);
    } catch (const Exception&) {
    }
    section.require(taken, "a fact that cannot have been taken");
  }
}

}  // namespace detail

PointsVerdict PointsBook::post(PointFact fact) {
  if (!detail::complete_point_fact(fact, ids_)) return PointsVerdict::unknown;
  if (const detail::FactPlace* there = ids_.find(fact.id)) {
    const PointFact* known = account(there->customer).find(there->time, fact.id);
    return same_content(*known, fact) ? PointsVerdict::repeated : PointsVerdict::conflict;
  }
  if (fact.customer == no_customer) return PointsVerdict::invalid;
  ids_.make_room();
  const PointsVerdict verdict = account_of(fact.customer).post(fact);
  if (verdict == PointsVerdict::accepted) ids_.insert(fact.id, {fact.time, fact.customer});
  return verdict;
}

const PointsAccount& PointsBook::account(Customer customer) const {
  static const PointsAccount nothing{};
  const detail::ArrayPlace* place = places_.find(index(customer));
  return place == nullptr ? nothing : accounts_[place->at].account;
}

PointsAccount& PointsBook::account_of(Customer customer) {
  if (const detail::ArrayPlace* place = places_.find(index(customer)))
    return accounts_[place->at].account;
  accounts_.push_back({customer, {}});
  places_.insert(index(customer), {static_cast<std::uint32_t>(accounts_.size() - 1)});
  return accounts_.back().account;
}

PointsBalance PointsBook::total(Time as_of) const {
  PointsBalance sum;
  for (const Holder& holder : accounts_) {
    const PointsBalance one = holder.account.balance(as_of);
    sum.available += one.available;
    sum.pending += one.pending;
    sum.expired += one.expired;
    sum.spent += one.spent;
    sum.clawed_back += one.clawed_back;
    sum.earned += one.earned;
    sum.owed += one.owed;
    sum.uncollected += one.uncollected;
  }
  return sum;
}

std::vector<ExpiringPoints> PointsBook::expiring(Time after, Time until) const {
  std::vector<ExpiringPoints> out;
  std::vector<PointLot> lots;
  for (const Holder& holder : accounts_) {
    lots.clear();
    holder.account.lapsing(after, until, lots);
    for (const PointLot& lot : lots) {
      out.push_back({holder.customer, lot.id, lot.left, lot.expires_at});
    }
  }
  std::sort(out.begin(), out.end(), [](const ExpiringPoints& a, const ExpiringPoints& b) {
    return std::tie(a.expires_at, a.customer, a.lot, a.points) <
           std::tie(b.expires_at, b.customer, b.lot, b.points);
  });
  return out;
}

std::vector<Customer> PointsBook::customers() const {
  std::vector<Customer> out;
  for (const Holder& holder : accounts_) {
    if (!holder.account.empty()) out.push_back(holder.customer);
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<const PointsAccount*> PointsBook::accounts() const {
  std::vector<const PointsAccount*> out;
  for (const Customer customer : customers()) out.push_back(&account(customer));
  return out;
}

void PointsBook::erase(Customer customer) {
  const detail::ArrayPlace* place = places_.find(index(customer));
  if (place == nullptr) return;
  PointsAccount& account = accounts_[place->at].account;
  for (const PointFact& fact : account.facts()) ids_.erase(fact.id);
  account = PointsAccount{};
}

void PointsBook::reserve(std::size_t facts, std::size_t customers) {
  ids_.reserve(facts);
  places_.reserve(customers);
  accounts_.reserve(customers);
}

void PointsBook::reserve_account(Customer customer, std::size_t facts) {
  account_of(customer).reserve(facts);
}

std::vector<std::byte> PointsBook::save() const {
  ArchiveWriter writer(archive_kind, 1);
  SectionWriter& section = writer.section("facts");
  section.put(std::uint64_t{facts()});
  for (const Customer customer : customers()) {
    for (const PointFact& fact : account(customer).facts()) detail::put_point_fact(section, fact);
  }
  return std::move(writer).finish();
}

Result<PointsBook> PointsBook::load(std::span<const std::byte> bytes) {
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, archive_kind, 1);
  if (!reader) return reader.error();
  Result<SectionReader> section = reader->section("facts");
  if (!section) return section.error();
  PointsBook book;
  detail::get_point_facts(*section, [&](const PointFact& fact) {
    if (book.ids_.find(fact.id) != nullptr) return false;
    book.account_of(fact.customer).add(fact);
    book.ids_.insert(fact.id, {fact.time, fact.customer});
    return true;
  });
  if (const Result<void> done = section->finish(); !done) return done.error();
  return book;
}

bool PointsBook::same(const PointsBook& other) const {
  const std::vector<Customer> mine = customers();
  if (mine != other.customers()) return false;
  return std::all_of(mine.begin(), mine.end(), [&](Customer customer) {
    return account(customer) == other.account(customer);
  });
}

}  // namespace emptor
