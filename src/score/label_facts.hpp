#pragma once
// Facts by the customer who owns them, in the order of time, and each customer's past and window.
//
// Memory: 56 bytes a line, 24 an event, 48 a contract. Thread safety: immutable once made.

#include <cstdint>
#include <span>
#include <vector>

#include "emptor/score/customer_facts.hpp"
#include "profile/lines_by_customer.hpp"

namespace emptor::detail {

/// Room for a past whose facts were recorded late; kept from one customer to the next.
struct PastScratch {
  std::vector<FeatureEvent> lines;
  std::vector<CustomerEvent> events;
  std::vector<Contract> contracts;
};

class LabelFacts {
 public:
  /// Throws as learning_set.
  explicit LabelFacts(const CustomerFacts& facts);

  [[nodiscard]] std::size_t customers() const noexcept { return lines_.begins.size() - 1; }
  /// Whether the customer stands for itself.
  [[nodiscard]] bool stands(std::size_t customer) const noexcept {
    return owners_.empty() || index(owners_[customer]) == customer;
  }
  [[nodiscard]] std::size_t joined() const noexcept { return joined_; }
  [[nodiscard]] std::uint64_t anonymous() const noexcept { return anonymous_; }

  /// What was known before the date; valid until the scratch is used again.
  [[nodiscard]] CustomerPast past(std::size_t customer, Time date, PastScratch& scratch) const;
  /// What happened in [from, to), by all that is known.
  [[nodiscard]] std::span<const FeatureEvent> lines(std::size_t customer, Time from, Time to) const;
  [[nodiscard]] std::span<const CustomerEvent> events(std::size_t customer, Time from,
                                                      Time to) const;
  /// All of them, by start.
  [[nodiscard]] std::span<const Contract> contracts(std::size_t customer) const;

 private:
  template <class Fact>
  struct Grouped {
    std::vector<std::size_t> begins{0};
    std::vector<Fact> facts;
    std::vector<Time> recorded;  // of each, or empty

    [[nodiscard]] std::span<const Fact> of(std::size_t customer) const noexcept {
      return std::span(facts).subspan(begins[customer], begins[customer + 1] - begins[customer]);
    }
  };

  template <class Fact, class FactOf>
  void group(std::span<const Customer> customer_of, std::span<const Time> recorded,
             FactOf&& fact_of, Grouped<Fact>& to);
  template <class Fact>
  [[nodiscard]] static std::span<const Fact> before(const Grouped<Fact>& grouped,
                                                    std::size_t customer, Time date,
                                                    std::vector<Fact>& scratch);
  void take_owners(const CustomerFacts& facts);
  [[nodiscard]] Customer owner(Customer customer) const;

  std::size_t count_ = 0;
  std::vector<Customer> owners_;
  std::size_t joined_ = 0;
  std::uint64_t anonymous_ = 0;
  Grouped<FeatureEvent> lines_;
  Grouped<CustomerEvent> events_;
  Grouped<Contract> contracts_;
};

}  // namespace emptor::detail
