// The log of a ledger from any bytes: an error, or a ledger that balances and comes back from its
// own log. The input stands in for the whole log, for a frame's entries, and for a saved ledger.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <vector>

#include "emptor/core/archive.hpp"
#include "emptor/reward/ledger_log.hpp"
#include "emptor/reward/statement.hpp"
#include "support/ledger_disk.hpp"

namespace {

using namespace emptor;

void require(bool condition) {
  if (!condition) std::abort();
}

void check(const Ledger& ledger) {
  detail::int128 posted = 0;
  detail::int128 pending = 0;
  for (std::size_t a = 0; a < ledger.accounts(); ++a) {
    const AccountBalance& of = ledger.balance(id_at<Account>(a));
    posted += detail::int128{of.credits_posted} - of.debits_posted;
    pending += detail::int128{of.credits_pending} - of.debits_pending;
    require(account_statement(ledger, id_at<Account>(a)).closing == of.posted());
  }
  require(posted == 0 && pending == 0);
  const std::vector<std::byte> bytes = ledger.save();
  const Result<Ledger> again = Ledger::load(bytes);
  require(again.has_value() && again->save() == bytes);
  write_transfers_csv(ledger, [](std::string_view) {});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::byte> bytes = std::as_bytes(std::span(data, size));
  const auto disk = std::make_shared<test::LedgerDisk>();
  disk->now.assign(bytes.begin(), bytes.end());
  if (const Result<DurableLedger> durable = test::open_ledger(disk); durable) {
    check(durable->ledger());
    const Result<DurableLedger> again = test::open_ledger(disk);
    require(again.has_value() && again->ledger().save() == durable->ledger().save());
    require(again->recovery().torn_bytes == 0);
  }

  // Checksums that fit, so that the entries themselves are reached.
  Ledger ledger;
  if (replay_ledger_entries(ledger, bytes)) check(ledger);

  ArchiveWriter writer("ledger", 1);
  writer.section("entries").put_array(bytes);
  writer.section("balances").put_array(std::vector<std::int64_t>{});
  (void)Ledger::load(std::move(writer).finish());
  (void)Ledger::load(bytes);
  return 0;
}
