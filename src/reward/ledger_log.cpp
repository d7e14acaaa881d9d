#include "emptor/reward/ledger_log.hpp"

#include <array>
#include <bit>

#include "emptor/core/archive.hpp"
#include "emptor/core/text.hpp"

namespace emptor {
namespace {

// The first byte of an entry: its kind, and which of a transfer's rare fields
// follow.
constexpr unsigned kind_mask = 7;
constexpr unsigned account_entry = 5;
constexpr unsigned clock_entry = 6;
constexpr unsigned linked_bit = 8;
constexpr unsigned reference_bit = 16;
constexpr unsigned code_bit = 32;
constexpr unsigned timeout_bit = 64;

/// Longest entry: first byte, id, two accounts, amount, time, reference, code,
/// timeout.
constexpr std::size_t longest_entry = 1 + 16 + 5 + 5 + 10 + 10 + 10 + 3 + 5;

std::uint64_t zigzag(std::int64_t value) {
  return static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63);
}
std::int64_t unzigzag(std::uint64_t value) {
  return static_cast<std::int64_t>(value >> 1 ^ (0 - (value & 1)));
}

/// Writes into room that is there.
class EntryWriter {
 public:
  explicit EntryWriter(std::byte* at) : at_(at) {}
  void byte(unsigned value) { *at_++ = static_cast<std::byte>(value); }
  void number(std::uint64_t value) {
    for (; value >= 128; value >>= 7) byte(static_cast<unsigned>(value & 127) | 128);
    byte(static_cast<unsigned>(value));
  }
  template <class Unsigned>
  void fixed(Unsigned value) {
    detail::store_little(at_, value);
    at_ += sizeof value;
  }
  [[nodiscard]] std::byte* at() const { return at_; }

 private:
  std::byte* at_;
};

/// Reads entries; past the end, or in another form than the one, everything is
/// 0 and `bad`.
class EntryReader {
 public:
  explicit EntryReader(std::span<const std::byte> bytes) : bytes_(bytes) {}
  [[nodiscard]] bool at_end() const { return at_ == bytes_.size(); }
  [[nodiscard]] bool bad() const { return bad_; }
  void require(bool holds) { bad_ = bad_ || !holds; }
  unsigned byte() {
    if (at_ == bytes_.size()) bad_ = true;
    return bad_ ? 0 : std::to_integer<unsigned>(bytes_[at_++]);
  }
  std::uint64_t number(std::uint64_t most = ~std::uint64_t{0}) {
    std::uint64_t value = 0;
    for (int shift = 0;; shift += 7) {
      const unsigned part = byte();
      require(shift < 63 || (shift == 63 && part <= 1));
      require(shift == 0 || part != 0);  // no leading zeros: one form
      if (bad_) return 0;
      value |= std::uint64_t{part & 127} << shift;
      if (part < 128) break;
    }
    require(value <= most);
    return bad_ ? 0 : value;
  }
  template <class Unsigned>
  Unsigned fixed() {
    require(bytes_.size() - at_ >= sizeof(Unsigned));
    if (bad_) return 0;
    at_ += sizeof(Unsigned);
    return detail::load_little<Unsigned>(bytes_.data() + at_ - sizeof(Unsigned));
  }

 private:
  std::span<const std::byte> bytes_;
  std::size_t at_ = 0;
  bool bad_ = false;
};

Error corrupt(std::string_view what) {
  return Error{ErrorCode::corrupt, std::string(what), "ledger entries"};
}

/// Applies transfers in batches: as many as arrive between two accounts or
/// clock movements.
class EntryReplay {
 public:
  explicit EntryReplay(Ledger& ledger) : ledger_(ledger) {}

  Result<void> all(EntryReader& in) {
    while (!in.at_end()) {
      const unsigned head = in.byte();
      const unsigned kind = head & kind_mask;
      if (kind == account_entry || kind == clock_entry) {
        if (Result<void> done = flush(); !done) return done;
        in.require(head == kind);
        kind == account_entry ? account(in) : clock(in);
      } else {
        transfer(in, head);
      }
      if (in.bad()) return corrupt("an entry is cut off or none of the known ones");
      if (batch_.size() >= ledger_frame_transfers && !batch_.back().linked) {
        if (Result<void> done = flush(); !done) return done;
      }
    }
    return flush();
  }

 private:
  void account(EntryReader& in) {
    const unsigned owner = in.byte();
    const unsigned purpose = in.byte();
    const unsigned flags = in.byte();
    AccountKey key;
    key.owner_id = static_cast<std::uint32_t>(in.number(0xFFFFFFFFU));
    key.unit = LedgerUnit::from_word(in.fixed<std::uint32_t>());
    in.require(owner <= static_cast<unsigned>(AccountOwner::customer) &&
               purpose < account_purposes && flags <= 3 && key.unit.is_valid());
    if (in.bad()) return;
    key.owner = static_cast<AccountOwner>(owner);
    key.purpose = static_cast<AccountPurpose>(purpose);
    const std::size_t before = ledger_.accounts();
    const Result<Account> opened = ledger_.open(key, static_cast<AccountFlags>(flags));
    in.require(opened.has_value() && ledger_.accounts() == before + 1);
  }

  void clock(EntryReader& in) {
    const Time now{std::chrono::seconds{unzigzag(in.number())}};
    in.require(now > ledger_.now());
    if (!in.bad()) ledger_.advance(now);
  }

  void transfer(EntryReader& in, unsigned head) {
    const unsigned kind = head & kind_mask;
    in.require(kind <= static_cast<unsigned>(TransferKind::void_pending) && head < 128);
    Transfer out;
    out.kind = static_cast<TransferKind>(kind);
    out.linked = (head & linked_bit) != 0;
    out.id.high = in.fixed<std::uint64_t>();
    out.id.low = in.fixed<std::uint64_t>();
    if (out.kind == TransferKind::posted || out.kind == TransferKind::pending) {
      out.debit = static_cast<Account>(in.number(0xFFFFFFFFU));
      out.credit = static_cast<Account>(in.number(0xFFFFFFFFU));
    } else {
      out.pending = id_of(in.number(0xFFFFFFFFU), in);
    }
    if (out.kind != TransferKind::void_pending) {
      out.amount = static_cast<std::int64_t>(in.number(std::uint64_t{1} << 63));
      in.require(out.amount > 0);
    }
    time_ = static_cast<std::int64_t>(static_cast<std::uint64_t>(time_) +
                                      static_cast<std::uint64_t>(unzigzag(in.number())));
    out.time = Time{std::chrono::seconds{time_}};
    if ((head & reference_bit) != 0) in.require((out.reference = in.number()) != 0);
    if ((head & code_bit) != 0) {
      out.code = static_cast<std::uint16_t>(in.number(0xFFFFU));
      in.require(out.code != 0);
    }
    if ((head & timeout_bit) != 0) {
      out.timeout = static_cast<std::uint32_t>(in.number(0xFFFFFFFFU));
      in.require(out.timeout != 0);
    }
    if (!in.bad()) batch_.push_back(out);
  }

  /// The id of a record that is in the ledger already, or will be once the
  /// batch is.
  TransferId id_of(std::uint64_t record, EntryReader& in) const {
    const std::size_t have = ledger_.records().size();
    in.require(record < have + batch_.size());
    if (in.bad()) return {};
    return record < have ? ledger_.records()[record].id
                         : batch_[static_cast<std::size_t>(record - have)].id;
  }

  Result<void> flush() {
    refusals_.resize(batch_.size());
    const PostCounts counts = ledger_.post(batch_, refusals_);
    if (counts.taken != batch_.size()) {
      for (const TransferRefusal refusal : refusals_) {
        if (refusal != TransferRefusal::none) {
          return corrupt(text("the ledger refuses a transfer: ", name(refusal)));
        }
      }
    }
    batch_.clear();
    return {};
  }

  Ledger& ledger_;
  std::int64_t time_ = 0;
  std::vector<Transfer> batch_;
  std::vector<TransferRefusal> refusals_;
};

void put_account(EntryWriter& out, const Ledger& ledger, Account account) {
  const AccountKey& key = ledger.key(account);
  out.byte(account_entry);
  out.byte(static_cast<unsigned>(key.owner));
  out.byte(static_cast<unsigned>(key.purpose));
  out.byte(static_cast<unsigned>(ledger.flags(account)));
  out.number(key.owner_id);
  out.fixed(key.unit.word());
}

void put_transfer(EntryWriter& out, const LedgerRecord& record, std::int64_t& time) {
  out.byte(static_cast<unsigned>(record.kind) | (record.linked ? linked_bit : 0) |
           (record.reference != 0 ? reference_bit : 0) | (record.code != 0 ? code_bit : 0) |
           (record.timeout != 0 ? timeout_bit : 0));
  out.fixed(record.id.high);
  out.fixed(record.id.low);
  if (record.kind == TransferKind::posted || record.kind == TransferKind::pending) {
    out.number(static_cast<std::uint32_t>(record.debit));
    out.number(static_cast<std::uint32_t>(record.credit));
  } else {
    out.number(record.other);
  }
  if (record.kind != TransferKind::void_pending) {
    out.number(static_cast<std::uint64_t>(record.amount));
  }
  const std::int64_t at = record.time.time_since_epoch().count();
  out.number(zigzag(static_cast<std::int64_t>(static_cast<std::uint64_t>(at) -
                                              static_cast<std::uint64_t>(time))));
  time = at;
  if (record.reference != 0) out.number(record.reference);
  if (record.code != 0) out.number(record.code);
  if (record.timeout != 0) out.number(record.timeout);
}

}  // namespace

std::size_t LedgerLogEncoder::encode(const Ledger& ledger, std::size_t transfers,
                                     std::vector<std::byte>& out) {
  constexpr std::size_t step = 256;  // entries for which room is made at once
  std::size_t end = out.size();
  std::size_t entries = 0;
  const auto room = [&](std::size_t count) {
    if (out.size() - end < count * longest_entry) {
      out.resize(end + std::max(count * longest_entry, out.size() / 2));
    }
    return EntryWriter(out.data() + end);
  };
  const auto wrote = [&](const EntryWriter& writer, std::size_t count) {
    end = static_cast<std::size_t>(writer.at() - out.data());
    entries += count;
  };
  const auto put_clock = [&](Time now) {
    clock_ = now;
    EntryWriter writer = room(1);
    writer.byte(clock_entry);
    writer.number(zigzag(now.time_since_epoch().count()));
    wrote(writer, 1);
  };

  for (; accounts_ < ledger.accounts(); ++accounts_) {
    EntryWriter writer = room(1);
    put_account(writer, ledger, id_at<Account>(accounts_));
    wrote(writer, 1);
  }
  const std::span<const LedgerRecord> records = ledger.records();
  const std::span<const LedgerClock> clocks = ledger.clocks();
  // The last movement written may have gone on since, while nothing was taken.
  if (clocks_ != 0 && clocks[clocks_ - 1].now != clock_) put_clock(clocks[clocks_ - 1].now);
  std::int64_t time = 0;
  std::size_t left = transfers;
  bool chained = false;
  for (;;) {
    for (; clocks_ < clocks.size() && clocks[clocks_].records <= records_; ++clocks_) {
      put_clock(clocks[clocks_].now);
    }
    if (records_ == records.size() || (left == 0 && !chained)) break;
    std::size_t stop = clocks_ < clocks.size() ? clocks[clocks_].records : records.size();
    stop = std::min(stop, records_ + step);
    EntryWriter writer = room(stop - records_);
    std::size_t count = 0;
    for (; records_ < stop && (left != 0 || chained); ++records_) {
      if (records[records_].kind == TransferKind::timed_out) continue;
      put_transfer(writer, records[records_], time);
      chained = records[records_].linked;
      if (left != 0) --left;
      ++count;
    }
    wrote(writer, count);
    transfers_ += count;
  }
  out.resize(end);
  return entries;
}

void LedgerLogEncoder::skip_to_end(const Ledger& ledger) noexcept {
  accounts_ = ledger.accounts();
  clocks_ = ledger.clocks().size();
  clock_ = ledger.now();
  for (; records_ < ledger.records().size(); ++records_) {
    transfers_ += ledger.records()[records_].kind != TransferKind::timed_out;
  }
}

bool LedgerLogEncoder::is_at_end(const Ledger& ledger) const noexcept {
  return accounts_ == ledger.accounts() && records_ == ledger.records().size() &&
         clock_ == ledger.now();
}

Result<void> replay_ledger_entries(Ledger& ledger, std::span<const std::byte> entries) {
  EntryReader in(entries);
  return EntryReplay(ledger).all(in);
}

Sha256Digest chain_digest(const Sha256Digest& before, std::span<const std::byte> bytes,
                          const Kernels* kernels) noexcept {
  Sha256 hash(kernels);
  hash.update(before);
  hash.update(bytes);
  return hash.finish();
}

Sha256Digest first_chain_digest(std::string_view log_name) noexcept {
  Sha256 hash;
  hash.update("emptor ledger log 1\n");
  hash.update(log_name);
  return hash.finish();
}

// ---- Ledger's own archive
// -----------------------------------------------------------------------

std::vector<std::byte> Ledger::save() const {
  std::vector<std::byte> entries;
  LedgerLogEncoder().encode(*this, records_.size(), entries);
  std::vector<std::int64_t> balances;
  balances.reserve(4 * accounts_.size());
  for (const AccountState& account : accounts_) {
    const AccountBalance& of = account.balance;
    balances.insert(balances.end(),
                    {of.debits_pending, of.debits_posted, of.credits_pending, of.credits_posted});
  }
  ArchiveWriter writer("ledger", 1);
  writer.section("entries").put_array(entries);
  writer.section("balances").put_array(balances);
  return std::move(writer).finish();
}

Result<Ledger> Ledger::load(std::span<const std::byte> bytes, const LedgerOptions& options) {
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, "ledger", 1);
  if (!reader) return reader.error();
  Result<SectionReader> entries = reader->section("entries");
  if (!entries) return entries.error();
  Result<SectionReader> saved = reader->section("balances");
  if (!saved) return saved.error();
  const std::span<const std::byte> log = entries->get_view();
  if (Result<void> done = entries->finish(); !done) return done.error();
  Ledger ledger(options);
  if (Result<void> done = replay_ledger_entries(ledger, log); !done) return done.error();
  const auto balances = saved->get_array<std::int64_t>();
  bool same = balances.size() == 4 * ledger.accounts_.size();
  for (std::size_t a = 0; same && a < ledger.accounts_.size(); ++a) {
    const std::int64_t* of = balances.data() + 4 * a;
    same = ledger.accounts_[a].balance == AccountBalance{of[0], of[1], of[2], of[3]};
  }
  saved->require(same, "the balances are not those of the transfers");
  if (Result<void> done = saved->finish(); !done) return done.error();
  return ledger;
}

Sha256Digest Ledger::digest() const {
  return sha256(save());
}

}  // namespace emptor
