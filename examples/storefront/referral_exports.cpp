#include "referral_exports.hpp"

#include <span>
#include <string>
#include <vector>

#include "emptor/core/archive_file.hpp"
#include "emptor/core/money.hpp"
#include "emptor/ingest/csv_writer.hpp"
#include "emptor/reward/statement.hpp"

namespace storefront {
namespace {

using emptor::CsvWriter;
using emptor::Result;
using emptor::RewardDecision;
using emptor::RewardStanding;

std::string amount_text(std::int64_t amount, const RewardDecision& decision) {
  const bool money =
      decision.kind == emptor::RewardKind::cash || decision.kind == emptor::RewardKind::discount;
  return money ? emptor::decimal_text(amount, decision.currency.digits()) : emptor::text(amount);
}

Result<void> write_rewards(const ShopTables& shop, const Referral& referral,
                           const std::string& path) {
  Result<CsvWriter> file = CsvWriter::create(path, {.guard_formulas = true});
  if (!file) return file.error();
  file->row({"customer", "account", "order", "referred", "time", "plan_version", "rule", "level",
             "kind", "desired", "granted", "posted", "pending", "state", "why"});
  const emptor::RewardEngine& engine = referral.programme.engine();
  const emptor::RewardPayout& payout = referral.programme.payout();
  std::vector<RewardDecision> decisions;
  for (std::size_t r = 0; r < payout.rewards(); ++r) {
    const RewardStanding standing = payout.standing(r);
    decisions.clear();
    engine.decisions_of(standing.key.event, decisions);
    const RewardDecision* last = nullptr;
    for (const RewardDecision& decision : decisions) {
      if (decision.key == standing.key) last = &decision;
    }
    if (last == nullptr) continue;
    const auto order = emptor::id_at<emptor::Order>(static_cast<std::size_t>(last->key.event));
    file->field(key_of(referral, last->key.beneficiary))
        .field(static_cast<std::int64_t>(emptor::index(last->key.beneficiary)))
        .field(shop.orders.order_keys().key(order))
        .field(key_of(referral, last->referee))
        .field(emptor::to_string(last->event_time))
        .field(std::int64_t{last->plan_version})
        .field(engine.plan(last->plan_version)->rules()[last->key.rule].id)
        .field(std::int64_t{last->key.level})
        .field(name(last->kind))
        .field(amount_text(last->desired, *last))
        .field(amount_text(last->granted, *last))
        .field(amount_text(standing.posted, *last))
        .field(amount_text(standing.pending, *last))
        .field(state_words(standing))
        .field(engine.explain(*last))
        .end_row();
  }
  return file->close();
}

}  // namespace

Result<void> write_referral_exports(const ShopTables& shop, const Referral& referral,
                                    const std::filesystem::path& out) {
  if (auto done = write_rewards(shop, referral, (out / "rewards.csv").string()); !done) return done;
  std::string ledger;
  const auto append = [&](std::string_view part) { ledger += part; };
  emptor::write_transfers_csv(referral.programme.ledger(), append);
  return emptor::write_file((out / "ledger.csv").string(), std::as_bytes(std::span(ledger)));
}

}  // namespace storefront
