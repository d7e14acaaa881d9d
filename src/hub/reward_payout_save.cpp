#include <limits>
#include <string>
#include <utility>

#include "emptor/core/archive.hpp"
#include "emptor/hub/reward_payout.hpp"

namespace emptor {

std::vector<std::byte> RewardPayout::save() const {
  ArchiveWriter writer("reward-payout", 1);
  SectionWriter& options = writer.section("options", 1);
  options.put(static_cast<std::uint32_t>(options_.programme));
  options.put(static_cast<std::uint8_t>(options_.clawback));
  options.put(std::int64_t{options_.clawback_window.count()});
  options.put(options_.unfunded);
  const std::vector<std::byte> accounts = accounts_.save();
  writer.section("accounts", 1)
      .put_text({reinterpret_cast<const char*>(accounts.data()), accounts.size()});
  SectionWriter& rewards = writer.section("rewards", 1);
  rewards.put(std::uint64_t{entries_.size()});
  for (const Entry& entry : entries_) {
    const RewardStanding& at = entry.at;
    rewards.put(at.key.event);
    rewards.put(at.key.rule);
    rewards.put(at.key.level);
    rewards.put(static_cast<std::uint32_t>(at.key.beneficiary));
    rewards.put(static_cast<std::uint32_t>(at.referee));
    rewards.put(static_cast<std::uint8_t>(at.kind));
    rewards.put(at.unit.word());
    rewards.put(static_cast<std::uint8_t>(at.waits));
    rewards.put(at.self_referral);
    rewards.put(at.granted);
    rewards.put(at.posted);
    rewards.put(at.pending);
    rewards.put(at.let_go);
    rewards.put(std::int64_t{at.event_time.time_since_epoch().count()});
    rewards.put(std::int64_t{at.held_until.time_since_epoch().count()});
    rewards.put(std::int64_t{at.expires.time_since_epoch().count()});
    rewards.put(static_cast<std::uint16_t>(entry.hold_event));
    rewards.put(std::int64_t{entry.expires_after.count()});
    rewards.put(entry.revision);
    rewards.put(entry.steps);
    rewards.put(entry.pending.high);
    rewards.put(entry.pending.low);
  }
  SectionWriter& waiting = writer.section("waiting", 1);
  waiting.put_array(unpaid_);
  waiting.put(std::uint64_t{dues_.size()});
  for (const Due& due : dues_) {
    waiting.put(std::int64_t{due.time.time_since_epoch().count()});
    waiting.put(due.entry);
    waiting.put(due.expires);
  }
  return std::move(writer).finish();
}

Result<RewardPayout> RewardPayout::load(std::span<const std::byte> bytes) {
  Result<ArchiveReader> reader = ArchiveReader::open(bytes, "reward-payout", 1);
  if (!reader) return reader.error();
  const auto get_time = [](SectionReader& from) {
    return Time{std::chrono::seconds{from.get<std::int64_t>()}};
  };

  Result<SectionReader> section = reader->section("options");
  if (!section) return section.error();
  RewardPayoutOptions options;
  options.programme = static_cast<Programme>(section->get<std::uint32_t>());
  const auto clawback = section->get<std::uint8_t>();
  section->require(clawback <= 2, "a clawback that is none of the known ones");
  options.clawback = static_cast<RewardClawback>(clawback);
  options.clawback_window = std::chrono::seconds{section->get<std::int64_t>()};
  section->require(options.clawback_window.count() >= 0, "a clawback window below 0");
  options.unfunded = section->get<bool>();
  if (Result<void> done = section->finish(); !done) return done.error();
  RewardPayout out(options);

  section = reader->section("accounts");
  if (!section) return section.error();
  const std::string saved = section->get_text();
  if (Result<void> done = section->finish(); !done) return done.error();
  Result<OwnedAccounts> accounts = OwnedAccounts::load(std::as_bytes(std::span(saved)));
  if (!accounts) return accounts.error();
  out.accounts_ = std::move(*accounts);
  for (std::size_t a = 0; a < out.ledger().accounts(); ++a) {
    const AccountKey& key = out.ledger().key(id_at<Account>(a));
    if (key.purpose != AccountPurpose::budget || !key.unit.is_valid()) continue;
    if (key != account_of(options.programme, AccountPurpose::budget, key.unit)) continue;
    const bool unbounded = options.unfunded || key.unit.is_points();
    if (out.ledger().flags(id_at<Account>(a)) !=
        (unbounded ? AccountFlags::none : default_flags(AccountPurpose::budget))) {
      return Error{ErrorCode::corrupt, "a budget with another limit than the options say",
                   "reward-payout"};
    }
  }

  section = reader->section("rewards");
  if (!section) return section.error();
  const auto count = section->get<std::uint64_t>();
  for (std::uint64_t i = 0; i < count && section->ok(); ++i) {
    Entry entry;
    RewardStanding& at = entry.at;
    at.key.event = section->get<std::uint64_t>();
    at.key.rule = section->get<std::uint16_t>();
    at.key.level = section->get<std::uint8_t>();
    at.key.beneficiary = static_cast<Customer>(section->get<std::uint32_t>());
    at.referee = static_cast<Customer>(section->get<std::uint32_t>());
    const auto kind = section->get<std::uint8_t>();
    at.kind = static_cast<RewardKind>(kind);
    at.unit = LedgerUnit::from_word(section->get<std::uint32_t>());
    const auto waits = section->get<std::uint8_t>();
    at.waits = static_cast<RewardWait>(waits);
    at.self_referral = section->get<bool>();
    at.granted = section->get<std::int64_t>();
    at.posted = section->get<std::int64_t>();
    at.pending = section->get<std::int64_t>();
    at.let_go = section->get<std::int64_t>();
    at.event_time = get_time(*section);
    at.held_until = get_time(*section);
    at.expires = get_time(*section);
    entry.hold_event = static_cast<RewardEventKind>(section->get<std::uint16_t>());
    entry.expires_after = std::chrono::seconds{section->get<std::int64_t>()};
    entry.revision = section->get<std::uint32_t>();
    entry.steps = section->get<std::uint32_t>();
    entry.pending.high = section->get<std::uint64_t>();
    entry.pending.low = section->get<std::uint64_t>();
    section->require(
        kind <= 3 && waits <= 15 && at.unit.is_valid() && at.key.beneficiary != no_customer,
        "a reward that is none");
    section->require(at.granted >= 0 && at.posted >= 0 && at.pending >= 0 && at.let_go >= 0 &&
                         at.pending <= at.granted && entry.expires_after.count() >= 0 &&
                         at.let_go <= std::numeric_limits<std::int64_t>::max() - at.posted,
                     "amounts that no reward has");
    if (!section->ok()) break;
    if (at.pending > 0) {
      const std::uint32_t record = out.ledger().find(entry.pending);
      section->require(record != no_record &&
                           out.ledger().records()[record].kind == TransferKind::pending &&
                           out.ledger().records()[record].amount == at.pending,
                       "a pending amount that is not in the ledger");
      if (!section->ok()) break;
    }
    section->require(out.find(at.key) == nothing, "a reward twice");
    if (!section->ok()) break;
    out.entries_.push_back(entry);
    out.link(static_cast<std::uint32_t>(i), out.first_of(at.key.event));
  }
  if (Result<void> done = section->finish(); !done) return done.error();

  section = reader->section("waiting");
  if (!section) return section.error();
  out.unpaid_ = section->get_array<std::uint32_t>();
  for (const std::uint32_t at : out.unpaid_) {
    section->require(at < out.entries_.size() && !out.entries_[at].at.unpaid,
                     "an unpaid reward that is none");
    if (!section->ok()) break;
    out.entries_[at].at.unpaid = true;
  }
  const auto dues = section->get<std::uint64_t>();
  for (std::uint64_t i = 0; i < dues && section->ok(); ++i) {
    Due due;
    due.time = get_time(*section);
    due.entry = section->get<std::uint32_t>();
    due.expires = section->get<bool>();
    section->require(due.entry < out.entries_.size(), "a deadline of no reward");
    section->require(
        i == 0 || std::pair(out.dues_[(i - 1) / 2].time, out.dues_[(i - 1) / 2].entry) <=
                      std::pair(due.time, due.entry),
        "deadlines out of order");
    out.dues_.push_back(due);
  }
  if (Result<void> done = section->finish(); !done) return done.error();
  return out;
}

}  // namespace emptor
