#pragma once
// A shop's transfers as they come: rewards held and posted, withdrawals, refunds, linked pairs,
// retries, nonsense, and a clock that moves. The same stream for the same seed.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/reward/ledger.hpp"

namespace emptor::test {

class LedgerTraffic {
 public:
  /// `giants`: now and then amounts near the end of 63 bits.
  explicit LedgerTraffic(std::uint64_t seed, bool giants = true)
      : random_(seed, 0), giants_(giants) {}

  /// Accounts of 2 programmes and 8 customers in two units, and the budgets' funding.
  void open_accounts(Ledger& ledger) {
    for (const LedgerUnit unit : {LedgerUnit{Currency{"EUR"}}, LedgerUnit::points()}) {
      ledger.account(house_account(AccountPurpose::funding, unit));
      for (std::uint32_t p = 0; p < 2; ++p) {
        ledger.account(account_of(Programme{p}, AccountPurpose::budget, unit));
      }
      for (std::uint32_t c = 0; c < 8; ++c) {
        ledger.account(account_of(Customer{c}, AccountPurpose::available, unit));
        ledger.account(account_of(Customer{c}, AccountPurpose::receivable, unit));
      }
    }
    accounts_ = ledger.accounts();
  }

  /// The next batch, of up to `most` transfers; now and then parts of earlier ones again.
  std::vector<Transfer> batch(std::size_t most) {
    std::vector<Transfer> out;
    const std::size_t count = 1 + below(most);
    while (out.size() < count) {
      if (!sent_.empty() && below(8) == 0) {
        out.push_back(sent_[below(sent_.size())]);
        if (below(4) == 0) ++out.back().amount;
      } else {
        out.push_back(next());
      }
    }
    if (below(16) != 0) out.back().linked = false;
    sent_.insert(sent_.end(), out.begin(), out.end());
    return out;
  }

  /// How the clock moves before the next batch.
  Time tick() {
    clock_ += static_cast<std::int64_t>(below(4) == 0 ? below(40) : 0);
    return Time{std::chrono::seconds{clock_}};
  }

  std::size_t below(std::size_t n) {
    return static_cast<std::size_t>(random_.below(static_cast<std::uint32_t>(n)));
  }

 private:
  Transfer next() {
    Transfer out;
    out.id = {below(3), ++ids_};
    out.time = Time{std::chrono::seconds{clock_ - static_cast<std::int64_t>(below(5))}};
    out.reference = below(2) == 0 ? 0 : 1 + below(50);
    out.code = static_cast<std::uint16_t>(below(3));
    out.linked = below(6) == 0;
    const std::size_t what = below(10);
    if (what < 3 && !pendings_.empty()) {
      out.pending = pendings_[below(pendings_.size())];
      out.kind = what == 0 ? TransferKind::void_pending : TransferKind::post_pending;
      out.amount = below(2) == 0 ? 0 : static_cast<std::int64_t>(below(60));
      return out;
    }
    const std::size_t half = accounts_ / 2;
    const std::size_t unit = below(2) * half;
    out.debit = id_at<Account>(unit + below(half));
    out.credit = id_at<Account>(unit + below(half));
    if (below(4) == 0) out.debit = id_at<Account>(unit);  // of the house: always allowed
    if (below(40) == 0) out.credit = id_at<Account>(below(accounts_ + 1));
    out.amount = static_cast<std::int64_t>(below(100));
    if (below(200) == 0 && giants_) out.amount = std::numeric_limits<std::int64_t>::max() - 50;
    if (what < 7) {
      out.kind = TransferKind::pending;
      out.timeout = below(3) == 0 ? 0 : static_cast<std::uint32_t>(below(60));
      pendings_.push_back(out.id);
    }
    return out;
  }

  RandomStream random_;
  bool giants_;
  std::size_t accounts_ = 0;
  std::int64_t clock_ = 1'700'000'000;
  std::uint64_t ids_ = 0;
  std::vector<TransferId> pendings_;
  std::vector<Transfer> sent_;
};

}  // namespace emptor::test
