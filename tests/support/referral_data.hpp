#pragma once

/// @file
/// The two real referral data sets: locks of money with an introducer (referral/plasm), and who
/// names whom as reference (referral/astar). Amounts of locks exceed int64 in wei, so they are
/// units of 1e9 wei, rounded half to even.

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"
#include "emptor/referral/forest.hpp"
#include "support/catch.hpp"
#include "support/data.hpp"

namespace emptor::test {

/// The rows of a CSV file without quotes, below its first line.
inline std::vector<std::vector<std::string>> plain_rows(const std::string& file) {
  std::ifstream in(data_dir() / "referral" / file);
  REQUIRE(in);
  std::vector<std::vector<std::string>> rows;
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    std::vector<std::string> row(1);
    for (const char c : line) {
      if (c == ',') {
        row.emplace_back();
      } else if (c != '\r') {
        row.back() += c;
      }
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

template <class Number>
Number plain_number(std::string_view text) {
  Number value{};
  const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
  REQUIRE(end.ptr == text.data() + text.size());
  return value;
}

/// Somebody locked an amount, and perhaps named who brought them.
struct PlasmLock {
  Time time{};
  Customer owner = no_customer;
  Customer introducer = no_customer;  ///< no_customer when nobody was named
  std::int64_t gigawei = 0;           ///< 1e9 wei, half to even
  std::int64_t days = 0;
};

/// A decimal number of wei as whole 1e9 wei, half to even.
inline std::int64_t gigawei(std::string_view wei) {
  if (wei.size() < 9) wei = std::string_view("0");
  const std::string_view head = wei.size() > 9 ? wei.substr(0, wei.size() - 9) : "0";
  const std::string_view tail = wei.size() >= 9 ? wei.substr(wei.size() - 9) : "0";
  const auto whole = plain_number<std::int64_t>(head);
  const auto rest = plain_number<std::int64_t>(tail);
  const bool up = rest > 500'000'000 || (rest == 500'000'000 && whole % 2 != 0);
  return whole + (up ? 1 : 0);
}

/// In the file's order, which is that of time.
inline std::vector<PlasmLock> plasm_locks() {
  std::vector<PlasmLock> locks;
  for (const auto& row : plain_rows("plasm/locks.csv")) {
    REQUIRE(row.size() == 6);
    PlasmLock lock;
    lock.time = Time{std::chrono::seconds{plain_number<std::int64_t>(row[0])}};
    lock.owner = Customer{plain_number<std::uint32_t>(row[2])};
    if (!row[3].empty()) lock.introducer = Customer{plain_number<std::uint32_t>(row[3])};
    lock.gigawei = gigawei(row[4]);
    lock.days = plain_number<std::int64_t>(row[5]);
    locks.push_back(lock);
  }
  return locks;
}

/// One more than the largest account.
inline std::size_t plasm_accounts(const std::vector<PlasmLock>& locks) {
  std::size_t most = 0;
  for (const PlasmLock& lock : locks) {
    most = std::max(most, index(lock.owner) + 1);
    if (lock.introducer != no_customer) most = std::max(most, index(lock.introducer) + 1);
  }
  return most;
}

/// By account: when it locked first, Time::max() for one that never did.
inline std::vector<Time> plasm_first_locks(const std::vector<PlasmLock>& locks) {
  std::vector<Time> first(plasm_accounts(locks), Time::max());
  for (const PlasmLock& lock : locks) {
    first[index(lock.owner)] = std::min(first[index(lock.owner)], lock.time);
  }
  return first;
}

/// One attachment a lock that names an introducer, in the file's order.
inline std::vector<ReferralAttachment> plasm_attachments(const std::vector<PlasmLock>& locks) {
  std::vector<ReferralAttachment> out;
  for (const PlasmLock& lock : locks) {
    if (lock.introducer == no_customer) continue;
    out.push_back({.child = lock.owner, .parent = lock.introducer, .time = lock.time});
  }
  return out;
}

/// Pairs (child, parent).
using ReferralPairs = std::vector<std::pair<Customer, Customer>>;

inline ReferralPairs referral_pairs(const std::string& file) {
  ReferralPairs pairs;
  for (const auto& row : plain_rows(file)) {
    REQUIRE(row.size() == 2);
    pairs.emplace_back(Customer{plain_number<std::uint32_t>(row[0])},
                       Customer{plain_number<std::uint32_t>(row[1])});
  }
  return pairs;
}
/// The forest that was computed elsewhere: the first introducer of each owner.
inline ReferralPairs plasm_forest() {
  return referral_pairs("plasm/forest_first_touch.csv");
}
/// Contributor and reference, in the file's order; ids have gaps.
inline ReferralPairs astar_edges() {
  return referral_pairs("astar/edges.csv");
}

}  // namespace emptor::test
