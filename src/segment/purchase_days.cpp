#include "emptor/segment/purchase_days.hpp"

#include <algorithm>

#include "emptor/core/error.hpp"

namespace emptor {

PurchaseDays::PurchaseDays(std::vector<std::size_t> ends, std::vector<std::int32_t> days,
                           std::vector<std::int64_t> amounts, Currency currency, int price_scale)
    : ends_(std::move(ends)),
      days_(std::move(days)),
      amounts_(std::move(amounts)),
      currency_(currency),
      price_scale_(price_scale) {
  if (days_.size() != amounts_.size() || !std::is_sorted(ends_.begin(), ends_.end()) ||
      (ends_.empty() ? 0 : ends_.back()) != days_.size()) {
    throw Exception(ErrorCode::invalid_shape, "ends, days and amounts do not fit together",
                    "PurchaseDays");
  }
  for (std::size_t c = 0; c < ends_.size(); ++c) {
    const auto [from, to] = range(id_at<Customer>(c));
    for (std::size_t i = from + 1; i < to; ++i) {
      if (days_[i - 1] >= days_[i]) {
        throw Exception(ErrorCode::invalid_value, "a customer's days must ascend", "PurchaseDays");
      }
    }
  }
}

std::optional<Day> PurchaseDays::first_day() const noexcept {
  if (days_.empty()) return std::nullopt;
  return Day{std::chrono::days{*std::min_element(days_.begin(), days_.end())}};
}

std::optional<Day> PurchaseDays::last_day() const noexcept {
  if (days_.empty()) return std::nullopt;
  return Day{std::chrono::days{*std::max_element(days_.begin(), days_.end())}};
}

PurchaseDays purchase_days_of(const Orders& orders, std::size_t customers,
                              const PurchaseDaysOptions& options,
                              std::span<const Customer> merged_into) {
  const auto taken = [&](std::size_t line) {
    const Time time = orders.line_times()[line];
    return orders.line_customers()[line] != no_customer && !orders.is_refund(line) &&
           orders.line_amounts()[line] > 0 && options.window.contains(time) &&
           (!options.as_of || time <= *options.as_of);
  };
  const auto owner = [&](Customer customer) {
    return merged_into.empty() ? customer : merged_into[index(customer)];
  };
  for (const Customer target : merged_into) {
    if (index(target) >= merged_into.size()) {
      throw Exception(ErrorCode::invalid_value, "merged into a customer who is not there",
                      "purchase_days_of");
    }
  }
  for (const Customer customer : orders.line_customers()) {
    if (customer == no_customer) continue;
    customers = std::max(customers, index(customer) + 1);
    if (!merged_into.empty() && index(customer) >= merged_into.size()) {
      throw Exception(ErrorCode::invalid_shape, "merged_into must name all customers",
                      "purchase_days_of");
    }
  }
  struct Entry {
    std::int32_t day;
    std::int64_t amount;
  };
  std::vector<std::size_t> at(std::max(customers, merged_into.size()) + 1);
  for (std::size_t line = 0; line < orders.lines(); ++line) {
    if (taken(line)) ++at[index(owner(orders.line_customers()[line])) + 1];
  }
  for (std::size_t c = 1; c < at.size(); ++c) at[c] += at[c - 1];
  std::vector<Entry> entries(at.back());
  for (std::size_t line = 0; line < orders.lines(); ++line) {
    if (!taken(line)) continue;
    const Day day = local_day(orders.line_times()[line], options.offset);
    entries[at[index(owner(orders.line_customers()[line]))]++] = {
        static_cast<std::int32_t>(day.time_since_epoch().count()), orders.line_amounts()[line]};
  }
  std::vector<std::size_t> ends;
  std::vector<std::int32_t> days;
  std::vector<std::int64_t> amounts;
  ends.reserve(at.size() - 1);
  std::size_t from = 0;
  for (std::size_t c = 0; c + 1 < at.size(); ++c) {
    const std::size_t to = at[c];  // was moved to the end of c's entries
    std::sort(entries.begin() + static_cast<std::ptrdiff_t>(from),
              entries.begin() + static_cast<std::ptrdiff_t>(to),
              [](const Entry& a, const Entry& b) { return a.day < b.day; });
    const std::size_t first = days.size();
    for (; from < to; ++from) {
      if (days.size() == first || days.back() != entries[from].day) {
        days.push_back(entries[from].day);
        amounts.push_back(0);
      }
      if (__builtin_add_overflow(amounts.back(), entries[from].amount, &amounts.back())) {
        throw Exception(ErrorCode::overflow, "a day's sales add up beyond 9.2e18 units",
                        "purchase_days_of");
      }
    }
    ends.push_back(days.size());
  }
  return PurchaseDays(std::move(ends), std::move(days), std::move(amounts), orders.currency(),
                      orders.price_scale());
}

}  // namespace emptor
