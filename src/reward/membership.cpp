#include "emptor/reward/membership.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "emptor/core/archive.hpp"

namespace emptor {

MembershipBook::MembershipBook(MembershipRules rules) {
  check_membership(rules);
  rules_ = std::make_shared<const MembershipRules>(std::move(rules));
}

MembershipOutcome MembershipBook::add(const MembershipFact& fact) {
  if (const detail::FactPlace* there = ids_.find(fact.id)) {
    const MembershipFact* known = account(there->customer).find(there->time, fact.id);
    const MembershipVerdict verdict =
        *known == fact ? MembershipVerdict::repeated : MembershipVerdict::conflict;
    return {verdict, 0, 0};
  }
  const MembershipVerdict verdict = account(fact.customer).check(fact, *rules_);
  if (verdict != MembershipVerdict::accepted) return {verdict, 0, 0};
  MembershipAccount& account = account_of(fact.customer);
  const Time now = account.empty() ? fact.time : std::max(fact.time, account.facts().back().time);
  MembershipOutcome out{verdict, account.tier(now), 0};
  ids_.insert(fact.id, {fact.time, fact.customer});
  try {
    account.add(fact, rules_);
  } catch (...) {
    ids_.erase(fact.id);
    throw;
  }
  out.to = account.tier(now);
  return out;
}

const MembershipAccount& MembershipBook::account(Customer customer) const {
  static const MembershipAccount nothing{};
  const detail::ArrayPlace* place = places_.find(index(customer));
  return place == nullptr ? nothing : accounts_[place->at].account;
}

MembershipAccount& MembershipBook::account_of(Customer customer) {
  if (const detail::ArrayPlace* place = places_.find(index(customer))) {
    return accounts_[place->at].account;
  }
  accounts_.push_back({customer, {}});
  places_.insert(index(customer), {static_cast<std::uint32_t>(accounts_.size() - 1)});
  return accounts_.back().account;
}

TierOutlook MembershipBook::outlook(Customer customer, Time now) const {
  TierOutlook out = account(customer).outlook(now);
  out.customer = customer;
  return out;
}

void MembershipBook::changes(Time after, Time until, std::vector<TierChange>& out) const {
  const std::size_t first = out.size();
  for (const Holder& holder : accounts_) {
    holder.account.changes(after, until, holder.customer, out);
  }
  std::sort(out.begin() + static_cast<std::ptrdiff_t>(first), out.end(),
            [](const TierChange& a, const TierChange& b) {
              return std::tie(a.time, a.customer) < std::tie(b.time, b.customer);
            });
}

void MembershipBook::advance(Time now, std::vector<TierChange>& out) {
  if (now < advanced_to_) {
    throw Exception(ErrorCode::invalid_value, "memberships do not go back in time", "now");
  }
  changes(advanced_to_, now, out);
  advanced_to_ = now;
}

MembershipSummary MembershipBook::summary(Time now, Time since, Time risk_until) const {
  MembershipSummary out;
  out.as_of = now;
  out.since = since;
  out.risk_until = risk_until;
  const std::size_t tiers = rules_->tiers.size();
  for (const MembershipTier& tier : rules_->tiers) out.tiers.push_back(tier.name);
  for (auto* counts : {&out.members, &out.raised, &out.lowered, &out.at_risk}) {
    counts->assign(tiers, 0);
  }
  for (const Holder& holder : accounts_) {
    const MembershipAccount& account = holder.account;
    if (account.empty() || account.facts().front().time > now) continue;
    const TierOutlook outlook = account.outlook(now);
    ++out.members[outlook.tier];
    const bool falls = outlook.falls_at && *outlook.falls_at <= risk_until;
    if (falls && outlook.earned == outlook.tier) ++out.at_risk[outlook.tier];
  }
  std::vector<TierChange> moves;
  changes(since, now, moves);
  for (const TierChange& move : moves) ++(move.to > move.from ? out.raised : out.lowered)[move.to];
  return out;
}

std::vector<Customer> MembershipBook::customers() const {
  std::vector<Customer> out;
  for (const Holder& holder : accounts_) {
    if (!holder.account.empty()) out.push_back(holder.customer);
  }
  std::sort(out.begin(), out.end());
  return out;
}

void MembershipBook::erase(Customer customer) {
  const detail::ArrayPlace* place = places_.find(index(customer));
  if (place == nullptr) return;
  MembershipAccount& account = accounts_[place->at].account;
  for (const MembershipFact& fact : account.facts()) ids_.erase(fact.id);
  account = MembershipAccount{};
}

std::vector<std::byte> MembershipBook::save() const {
  ArchiveWriter writer(archive_kind, 1);
  SectionWriter& rules = writer.section("rules");
  detail::put_membership_rules(rules, *rules_);
  rules.put(std::int64_t{advanced_to_.time_since_epoch().count()});
  SectionWriter& section = writer.section("facts");
  section.put(std::uint64_t{facts()});
  for (const Customer customer : customers()) {
    for (const MembershipFact& fact : account(customer).facts()) {
      detail::put_membership_fact(section, fact);
    }
  }
  return std::move(writer).finish();
}

Result<MembershipBook> MembershipBook::load(std::span<const std::byte> bytes) {
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, archive_kind, 1);
  if (!reader) return reader.error();
  Result<SectionReader> rules = reader->section("rules");
  if (!rules) return rules.error();
  MembershipRules read = detail::get_membership_rules(*rules);
  const Time advanced_to{std::chrono::seconds{rules->get<std::int64_t>()}};
  if (const Result<void> done = rules->finish(); !done) return done.error();
  MembershipBook book(std::move(read));
  book.advanced_to_ = advanced_to;
  Result<SectionReader> section = reader->section("facts");
  if (!section) return section.error();
  detail::get_membership_facts(*section, [&](const MembershipFact& fact) {
    if (book.ids_.find(fact.id) != nullptr) return false;
    book.account_of(fact.customer).add(fact, book.rules_);
    book.ids_.insert(fact.id, {fact.time, fact.customer});
    return true;
  });
  if (const Result<void> done = section->finish(); !done) return done.error();
  return book;
}

bool MembershipBook::same(const MembershipBook& other) const {
  const std::vector<Customer> mine = customers();
  if (*rules_ != *other.rules_ || advanced_to_ != other.advanced_to_ || mine != other.customers()) {
    return false;
  }
  return std::all_of(mine.begin(), mine.end(), [&](Customer customer) {
    return account(customer) == other.account(customer);
  });
}

namespace detail {

void put_membership_rules(SectionWriter& section, const MembershipRules& rules) {
  section.put(rules.window);
  section.put(rules.rolling_days);
  section.put(rules.fall);
  section.put(rules.grace_days);
  section.put(std::int32_t{static_cast<std::int32_t>(rules.offset.count())});
  section.put(rules.leap_day);
  section.put(std::uint64_t{rules.tiers.size()});
  for (const MembershipTier& tier : rules.tiers) {
    section.put_text(tier.name);
    section.put(tier.all);
    section.put(std::uint64_t{tier.thresholds.size()});
    for (const TierThreshold& threshold : tier.thresholds) {
      section.put(threshold.measure);
      section.put(threshold.at_least);
    }
    section.put(tier.benefits.multiplier);
    section.put(tier.benefits.birthday_multiplier);
    section.put(tier.benefits.member_day_multiplier);
    section.put(std::uint64_t{tier.benefits.benefits.size()});
    for (const std::string& benefit : tier.benefits.benefits) section.put_text(benefit);
  }
}

MembershipRules get_membership_rules(SectionReader& section) {
  MembershipRules rules;
  rules.window = section.get_enum(MembershipWindow::rolling);
  rules.rolling_days = section.get<std::int32_t>();
  rules.fall = section.get_enum(TierFall::to_balance);
  rules.grace_days = section.get<std::int32_t>();
  rules.offset = UtcOffset{section.get<std::int32_t>()};
  rules.leap_day = section.get_enum(LeapDay::march_1);
  const auto tiers = section.get<std::uint64_t>();
  section.require(tiers <= max_tiers, "more tiers than may be");
  for (std::uint64_t i = 0; section.ok() && i < tiers; ++i) {
    MembershipTier tier;
    tier.name = section.get_text();
    tier.all = section.get<bool>();
    const auto thresholds = section.get<std::uint64_t>();
    for (std::uint64_t j = 0; section.ok() && j < thresholds; ++j) {
      const TierMeasure measure = section.get_enum(TierMeasure::qualifying_points);
      tier.thresholds.push_back({measure, section.get<std::int64_t>()});
    }
    tier.benefits.multiplier = section.get<std::int64_t>();
    tier.benefits.birthday_multiplier = section.get<std::int64_t>();
    tier.benefits.member_day_multiplier = section.get<std::int64_t>();
    const auto benefits = section.get<std::uint64_t>();
    for (std::uint64_t j = 0; section.ok() && j < benefits; ++j) {
      tier.benefits.benefits.push_back(section.get_text());
    }
    rules.tiers.push_back(std::move(tier));
  }
  if (section.ok()) {
    try {
      check_membership(rules);
    } catch (const Exception& wrong) {
      section.require(false, wrong.error().message);
    }
  }
  return rules;
}

void put_membership_fact(SectionWriter& section, const MembershipFact& fact) {
  section.put(fact.id);
  section.put(fact.customer);
  section.put(fact.kind);
  section.put(std::int64_t{fact.time.time_since_epoch().count()});
  section.put(fact.counts.spend);
  section.put(fact.counts.orders);
  section.put(fact.counts.qualifying_points);
  section.put(fact.tier);
  section.put(std::int64_t{fact.until.time_since_epoch().count()});
}

void get_membership_facts(SectionReader& section, FunctionRef<bool(const MembershipFact&)> take) {
  constexpr std::size_t fact_bytes = 6 * 8 + 2 * 4 + 1;
  const auto count = section.get<std::uint64_t>();
  section.require(count <= section.remaining() / fact_bytes, "more facts than there are bytes");
  const auto key = [](const MembershipFact& fact) {
    return std::tuple(fact.customer, fact.time, fact.id);
  };
  MembershipFact last{.customer = Customer{0}, .time = Time::min()};
  for (std::uint64_t i = 0; section.ok() && i < count; ++i) {
    MembershipFact fact;
    fact.id = section.get<std::uint64_t>();
    fact.customer = section.get<Customer>();
    fact.kind = section.get_enum(MembershipFactKind::join);
    fact.time = Time{std::chrono::seconds{section.get<std::int64_t>()}};
    fact.counts.spend = section.get<std::int64_t>();
    fact.counts.orders = section.get<std::int64_t>();
    fact.counts.qualifying_points = section.get<std::int64_t>();
    fact.tier = section.get<std::uint32_t>();
    fact.until = Time{std::chrono::seconds{section.get<std::int64_t>()}};
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

}  // namespace emptor
