#include "emptor/hub/owned_accounts.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "emptor/core/archive.hpp"

namespace emptor {

namespace {

constexpr std::uint64_t join_mark = 0x6a6f696eU;  // "join"

bool is_wallet(const AccountKey& key) noexcept {
  return key.owner == AccountOwner::customer &&
         (key.purpose == AccountPurpose::available || key.purpose == AccountPurpose::receivable);
}

template <class T>
void add_once(std::vector<T>& sorted, T value) {
  const auto at = std::lower_bound(sorted.begin(), sorted.end(), value);
  if (at == sorted.end() || *at != value) sorted.insert(at, value);
}

}  // namespace

OwnedAccounts::Entry OwnedAccounts::peek(LedgerUnit unit, Customer customer) const noexcept {
  const Account wallet = ledger_.find(account_of(customer, AccountPurpose::available, unit));
  if (wallet == no_account || index(wallet) >= entries_.size()) return {};
  return entries_[index(wallet)];
}

OwnedAccounts::Entry& OwnedAccounts::entry(LedgerUnit unit, Customer customer) {
  const Account wallet = ledger_.account(account_of(customer, AccountPurpose::available, unit));
  if (index(wallet) >= entries_.size()) entries_.resize(index(wallet) + 1);
  if (entries_[index(wallet)].wallet == no_account) {
    add_once(units_, unit);
    entries_[index(wallet)].receivable =
        ledger_.account(account_of(customer, AccountPurpose::receivable, unit));
    entries_[index(wallet)].wallet = wallet;
  }
  return entries_[index(wallet)];
}

std::int64_t OwnedAccounts::available(const Entry& entry) const {
  return entry.wallet == no_account ? 0 : ledger_.balance(entry.wallet).posted();
}

std::int64_t OwnedAccounts::owed(const Entry& entry) const {
  return entry.receivable == no_account ? 0 : -ledger_.balance(entry.receivable).posted();
}

Transfer& OwnedAccounts::append(const TransferId& id, std::int64_t amount, Account debit,
                                Account credit, Time time) {
  Transfer& transfer = chain_.emplace_back();
  transfer.id = chain_.size() == 1 ? id : transfer_id({id.high, id.low, chain_.size()});
  transfer.amount = amount;
  transfer.debit = debit;
  transfer.credit = credit;
  transfer.time = time;
  transfer.linked = true;
  return transfer;
}

Transfer& OwnedAccounts::start(const WalletMove& move, std::int64_t amount, Account debit,
                               Account credit) {
  chain_.clear();
  Transfer& main = append(move.id, amount, debit, credit, move.time);
  main.reference = move.reference;
  main.code = move.code;
  return main;
}

TransferRefusal OwnedAccounts::post_chain() {
  if (chain_.empty()) return TransferRefusal::none;
  chain_.back().linked = false;
  if (chain_.size() == 1) return ledger_.post(chain_[0]);
  refusals_.resize(chain_.size());
  ledger_.post(chain_, refusals_);
  for (const TransferRefusal refusal : refusals_) {
    if (!is_there(refusal) && refusal != TransferRefusal::linked_failed) return refusal;
  }
  return refusals_.front();
}

TransferRefusal OwnedAccounts::check(const WalletMove& move) const {
  if (move.customer == no_customer) {
    throw Exception(ErrorCode::invalid_value, "what moves must be somebody's", "OwnedAccounts");
  }
  if (move.id.is_none()) return TransferRefusal::no_id;
  if (move.amount <= 0) return TransferRefusal::amount_not_positive;
  if (index(move.other) >= ledger_.accounts()) return TransferRefusal::unknown_account;
  if (!move.unit.is_valid() || ledger_.key(move.other).unit != move.unit) {
    return TransferRefusal::different_units;
  }
  if (is_wallet(ledger_.key(move.other))) return TransferRefusal::same_account;
  return TransferRefusal::none;
}

TransferRefusal OwnedAccounts::repeated(const WalletMove& move, bool giving) const {
  const std::uint32_t at = ledger_.find(move.id);
  if (at == no_record) return TransferRefusal::none;
  const LedgerRecord& record = ledger_.records()[at];
  const Account house = giving ? record.debit : record.credit;
  const bool same = house == move.other && record.time == move.time &&
                    record.reference == move.reference && record.code == move.code &&
                    (giving ? record.amount == move.amount : record.amount <= move.amount);
  return same ? TransferRefusal::already_there : TransferRefusal::other_content;
}

TransferRefusal OwnedAccounts::give(const WalletMove& move) {
  if (const TransferRefusal refusal = check(move); refusal != TransferRefusal::none) {
    return refusal;
  }
  const Customer owns = owner(move.customer);
  const Account mine = entry(move.unit, move.customer).wallet;
  const Entry to = owns == move.customer ? entries_[index(mine)] : entry(move.unit, owns);
  std::int64_t net = 0;
  if (__builtin_add_overflow(entries_[index(mine)].net, move.amount, &net)) {
    return TransferRefusal::overflow;
  }
  const std::int64_t debt = owed(to);
  if (debt > 0) {
    if (const TransferRefusal known = repeated(move, true); known != TransferRefusal::none) {
      return known;
    }
  }
  start(move, move.amount, move.other, to.wallet);
  if (debt > 0) {
    append(move.id, std::min(debt, move.amount), to.wallet, to.receivable, move.time);
  }
  const TransferRefusal refusal = post_chain();
  if (refusal == TransferRefusal::none) entries_[index(mine)].net = net;
  return refusal == TransferRefusal::other_content ? repeated(move, true) : refusal;
}

TakingOutcome OwnedAccounts::take(const WalletMove& move, TakingLimit limit) {
  if (const TransferRefusal refusal = check(move); refusal != TransferRefusal::none) {
    return {refusal};
  }
  if (const TransferRefusal known = repeated(move, false); known != TransferRefusal::none) {
    return {known};
  }
  const std::int64_t has = available(peek(move.unit, owner(move.customer)));
  TakingOutcome out{TransferRefusal::none, move.amount};
  if (has < move.amount) {
    if (limit == TakingLimit::refuse) return {TransferRefusal::exceeds_credits};
    if (limit == TakingLimit::within_balance) out.taken = has;
    if (limit == TakingLimit::unlimited) out.owed = move.amount - has;
  }
  if (out.taken == 0) return out;
  std::int64_t net = 0;
  if (__builtin_sub_overflow(peek(move.unit, move.customer).net, out.taken, &net)) {
    return {TransferRefusal::overflow};
  }
  entry(move.unit, move.customer);
  const Entry from = entry(move.unit, owner(move.customer));
  chain_.clear();
  if (out.owed > 0) {
    append(transfer_id({move.id.high, move.id.low, 0}), out.owed, from.receivable, from.wallet,
           move.time);
  }
  Transfer& main = append(move.id, out.taken, from.wallet, move.other, move.time);
  main.id = move.id;
  main.reference = move.reference;
  main.code = move.code;
  const TransferRefusal refusal = post_chain();
  if (refusal != TransferRefusal::none) return {refusal};
  entry(move.unit, move.customer).net = net;
  return out;
}

TransferRefusal OwnedAccounts::hold(const WalletMove& move) {
  if (const TransferRefusal refusal = check(move); refusal != TransferRefusal::none) {
    return refusal;
  }
  const Customer owns = owner(move.customer);
  const Account mine = entry(move.unit, move.customer).wallet;
  const Account to = owns == move.customer ? mine : entry(move.unit, owns).wallet;
  std::int64_t held = 0;
  if (__builtin_add_overflow(entries_[index(mine)].held, move.amount, &held)) {
    return TransferRefusal::overflow;
  }
  start(move, move.amount, move.other, to).kind = TransferKind::pending;
  const TransferRefusal refusal = post_chain();
  if (refusal == TransferRefusal::none) entries_[index(mine)].held = held;
  return refusal == TransferRefusal::other_content ? repeated(move, true) : refusal;
}

TransferRefusal OwnedAccounts::end_hold(const TransferId& held, const WalletMove& move) {
  if (move.id.is_none()) return TransferRefusal::no_id;
  if (move.amount < 0) return TransferRefusal::amount_not_positive;
  const std::uint32_t at = ledger_.find(held);
  if (at == no_record) return TransferRefusal::pending_not_found;
  const LedgerRecord record = ledger_.records()[at];
  if (record.kind != TransferKind::pending) return TransferRefusal::pending_other_kind;
  if (move.amount > record.amount) return TransferRefusal::pending_exceeded;
  const AccountKey& key = ledger_.key(record.credit);
  if (key.unit != move.unit || !is_wallet(key)) return TransferRefusal::pending_other_account;
  const std::int64_t before = entry(move.unit, move.customer).net;
  std::int64_t net = 0;
  if (__builtin_add_overflow(before, move.amount, &net)) return TransferRefusal::overflow;
  if (peek(move.unit, move.customer).held < record.amount && ledger_.find(move.id) == no_record) {
    return TransferRefusal::pending_other_account;
  }

  chain_.clear();
  Transfer& main = append(move.id, move.amount, no_account, no_account, move.time);
  main.kind = move.amount == 0 ? TransferKind::void_pending : TransferKind::post_pending;
  main.pending = held;
  main.reference = move.reference;
  main.code = move.code;
  const auto receiver = static_cast<Customer>(key.owner_id);
  const Customer owns = owner(move.customer);
  if (move.amount > 0 && ledger_.find(move.id) == no_record) {
    entry(move.unit, move.customer).net = net;
    std::array<Customer, 2> both{std::min(receiver, owns), std::max(receiver, owns)};
    try {
      settle(move.unit, std::span(both).first(receiver == owns ? 1 : 2), receiver, move.amount,
             move.time, move.id);
    } catch (...) {
      entry(move.unit, move.customer).net = before;
      throw;
    }
  }
  const TransferRefusal refusal = post_chain();
  Entry& after = entry(move.unit, move.customer);
  if (refusal == TransferRefusal::none) {
    after.net = net;
    after.held -= record.amount;
  } else {
    after.net = before;
  }
  return refusal;
}

void OwnedAccounts::settle(LedgerUnit unit, std::span<const Customer> customers, Customer receiver,
                           std::int64_t more, Time time, const TransferId& id) {
  struct Side {
    Account account;
    std::int64_t amount;
  };
  std::vector<Side> gives;
  std::vector<Side> takes;
  for (const Customer customer : customers) {
    std::int64_t target = 0;
    if (owner(customer) == customer) {
      groups_.for_each_member(customer, [&](Customer member) {
        if (__builtin_add_overflow(target, peek(unit, member).net, &target)) {
          throw Exception(ErrorCode::overflow, "balances add up beyond 9.2e18 units",
                          "OwnedAccounts");
        }
      });
    }
    const Entry now = peek(unit, customer);
    if (target == 0 && now.wallet == no_account) continue;
    const Entry at = entry(unit, customer);
    const std::int64_t wallet =
        std::max<std::int64_t>(target, 0) - available(at) - (customer == receiver ? more : 0);
    const std::int64_t debt = std::max<std::int64_t>(-target, 0) - owed(at);
    if (wallet < 0) gives.push_back({at.wallet, -wallet});
    if (wallet > 0) takes.push_back({at.wallet, wallet});
    if (debt > 0) gives.push_back({at.receivable, debt});
    if (debt < 0) takes.push_back({at.receivable, -debt});
  }
  for (std::size_t g = 0, t = 0; g < gives.size() && t < takes.size();) {
    const std::int64_t amount = std::min(gives[g].amount, takes[t].amount);
    append(id, amount, gives[g].account, takes[t].account, time);
    if ((gives[g].amount -= amount) == 0) ++g;
    if ((takes[t].amount -= amount) == 0) ++t;
  }
}

WalletBalance OwnedAccounts::balance(Customer customer, LedgerUnit unit) const {
  const Entry at = peek(unit, owner(customer));
  WalletBalance out{available(at), owed(at), 0};
  groups_.for_each_member(customer, [&](Customer member) { out.held += peek(unit, member).held; });
  return out;
}

std::int64_t OwnedAccounts::net(Customer customer, LedgerUnit unit) const {
  return peek(unit, customer).net;
}

Account OwnedAccounts::account(const AccountKey& key) {
  return ledger_.account(key);
}

Result<Account> OwnedAccounts::open(const AccountKey& key, AccountFlags flags) {
  return ledger_.open(key, flags);
}

TransferRefusal OwnedAccounts::post(const Transfer& transfer) {
  for (const Account account : {transfer.debit, transfer.credit}) {
    if (index(account) < ledger_.accounts() && is_wallet(ledger_.key(account))) {
      throw Exception(ErrorCode::invalid_value,
                      "a wallet moves by give, take, hold and end_hold alone",
                      "OwnedAccounts::post");
    }
  }
  if (const std::uint32_t at = ledger_.find(transfer.pending); at != no_record) {
    if (is_wallet(ledger_.key(ledger_.records()[at].credit))) {
      throw Exception(ErrorCode::invalid_value, "a hold on a wallet ends by end_hold alone",
                      "OwnedAccounts::post");
    }
  }
  return ledger_.post(transfer);
}

void OwnedAccounts::advance(Time now) {
  ledger_.advance(now);
}

void OwnedAccounts::reserve(std::size_t accounts, std::size_t transfers) {
  ledger_.reserve(accounts, transfers);
}

void OwnedAccounts::on_merge(const MergeEvent& event, std::span<const OwnerChange> changes) {
  follow(event, changes);
}

void OwnedAccounts::on_unmerge(const MergeEvent& event, std::span<const OwnerChange> changes) {
  follow(event, changes);
}

void OwnedAccounts::follow(const MergeEvent& event, std::span<const OwnerChange> changes) {
  // A hub tells a listener that it is given everything from the start; what was saved knows it. The
  // contrary of the last event is that event taken back.
  const bool taken_back = event.sequence + 1 == followed_ && event.kind != last_;
  if (event.sequence < followed_ && !taken_back) return;
  std::vector<Customer> touched;
  for (const OwnerChange& change : changes) {
    add_once(touched, change.customer);
    add_once(touched, change.before);
    add_once(touched, change.after);
  }
  groups_.follow(changes);
  chain_.clear();
  try {
    const TransferId id = transfer_id({join_mark, joins_});
    for (const LedgerUnit unit : units_) settle(unit, touched, no_customer, 0, event.time, id);
    for (Transfer& transfer : chain_) transfer.reference = event.sequence;
    if (const TransferRefusal refusal = post_chain(); !is_there(refusal)) {
      throw Exception(ErrorCode::invalid_value, text("wallets cannot be joined: ", name(refusal)),
                      "OwnedAccounts");
    }
  } catch (...) {
    groups_.revert(changes);
    throw;
  }
  ++joins_;
  followed_ = taken_back ? event.sequence : event.sequence + 1;
  last_ = event.kind;
}

std::vector<std::byte> OwnedAccounts::save() const {
  ArchiveWriter writer("owned-accounts", 1);
  const std::vector<std::byte> ledger = ledger_.save();
  writer.section("ledger", 1)
      .put_text({reinterpret_cast<const char*>(ledger.data()), ledger.size()});
  SectionWriter& owners = writer.section("owners", 1);
  owners.put(followed_);
  owners.put(joins_);
  owners.put(static_cast<std::uint8_t>(last_));
  const auto moved = groups_.moved();
  owners.put(std::uint64_t{moved.size()});
  for (const auto& [customer, of] : moved) {
    owners.put(static_cast<std::uint32_t>(customer));
    owners.put(static_cast<std::uint32_t>(of));
  }
  SectionWriter& nets = writer.section("nets", 1);
  nets.put(static_cast<std::uint64_t>(
      std::count_if(entries_.begin(), entries_.end(),
                    [](const Entry& each) { return each.wallet != no_account; })));
  for (const Entry& each : entries_) {
    if (each.wallet == no_account) continue;
    nets.put(static_cast<std::uint32_t>(each.wallet));
    nets.put(each.net);
    nets.put(each.held);
  }
  return std::move(writer).finish();
}

Result<OwnedAccounts> OwnedAccounts::load(std::span<const std::byte> bytes) {
  Result<ArchiveReader> reader = ArchiveReader::open(bytes, "owned-accounts", 1);
  if (!reader) return reader.error();
  OwnedAccounts out;

  Result<SectionReader> section = reader->section("ledger");
  if (!section) return section.error();
  const std::string saved = section->get_text();
  if (Result<void> done = section->finish(); !done) return done.error();
  Result<Ledger> ledger = Ledger::load(std::as_bytes(std::span(saved)));
  if (!ledger) return ledger.error();
  out.ledger_ = std::move(*ledger);

  section = reader->section("owners");
  if (!section) return section.error();
  out.followed_ = section->get<std::uint64_t>();
  out.joins_ = section->get<std::uint64_t>();
  const auto last = section->get<std::uint8_t>();
  section->require(last <= 1, "an event of a log that is neither merge nor unmerge");
  out.last_ = static_cast<MergeKind>(last);
  const auto moved = section->get<std::uint64_t>();
  std::vector<OwnerChange> changes;
  for (std::uint64_t i = 0; i < moved && section->ok(); ++i) {
    const auto customer = static_cast<Customer>(section->get<std::uint32_t>());
    const auto of = static_cast<Customer>(section->get<std::uint32_t>());
    section->require(customer != of && of != no_customer && customer != no_customer,
                     "an owner that is none");
    section->require(changes.empty() || changes.back().customer < customer,
                     "customers out of order");
    changes.push_back({customer, customer, of});
  }
  if (Result<void> done = section->finish(); !done) return done.error();
  for (const OwnerChange& change : changes) {
    const auto at =
        std::lower_bound(changes.begin(), changes.end(), change.after,
                         [](const OwnerChange& each, Customer of) { return each.customer < of; });
    if (at != changes.end() && at->customer == change.after) {
      return Error{ErrorCode::corrupt, "an owner that is owned itself", "owned-accounts"};
    }
  }
  out.groups_.follow(changes);

  section = reader->section("nets");
  if (!section) return section.error();
  const auto wallets = section->get<std::uint64_t>();
  out.entries_.resize(out.ledger_.accounts());
  for (std::uint64_t w = 0; w < wallets && section->ok(); ++w) {
    const auto wallet = static_cast<Account>(section->get<std::uint32_t>());
    const auto net = section->get<std::int64_t>();
    const auto held = section->get<std::int64_t>();
    section->require(index(wallet) < out.ledger_.accounts() && held >= 0, "a wallet that is none");
    if (!section->ok()) break;
    const AccountKey& key = out.ledger_.key(wallet);
    AccountKey beside = key;
    beside.purpose = AccountPurpose::receivable;
    const Account receivable = out.ledger_.find(beside);
    section->require(key.owner == AccountOwner::customer &&
                         key.purpose == AccountPurpose::available && receivable != no_account,
                     "a wallet that is none");
    if (!section->ok()) break;
    out.entries_[index(wallet)] = {net, held, wallet, receivable};
    add_once(out.units_, key.unit);
  }
  if (Result<void> done = section->finish(); !done) return done.error();
  try {
    for (const LedgerUnit unit : out.units_) {
      std::vector<Customer> all;
      for (const Entry& each : out.entries_) {
        if (each.wallet == no_account || out.ledger_.key(each.wallet).unit != unit) continue;
        const auto customer = static_cast<Customer>(out.ledger_.key(each.wallet).owner_id);
        all.push_back(customer);
        all.push_back(out.owner(customer));
      }
      std::sort(all.begin(), all.end());
      all.erase(std::unique(all.begin(), all.end()), all.end());
      out.settle(unit, all, no_customer, 0, Time{}, {});
    }
  } catch (const Exception&) {
    return Error{ErrorCode::corrupt, "balances beyond 9.2e18 units", "owned-accounts"};
  }
  if (!out.chain_.empty()) {
    return Error{ErrorCode::corrupt, "nets that are not the accounts' balances", "owned-accounts"};
  }
  return out;
}

}  // namespace emptor
