#pragma once
// Who has a row at a date, by the past alone, and what the row's target is, by the window alone.
//
// Thread safety: OutcomeRule keeps room for its own; one thread.

#include <cstdint>
#include <vector>

#include "emptor/score/label_builder.hpp"
#include "score/label_facts.hpp"

namespace emptor::detail {

enum class Standing : std::uint8_t { row, not_yet, too_young, inactive, already };

/// Cover without a break.
struct Cover {
  Time start = Time::max();  ///< the maximum: none is in force
  Time end{};
  bool noticed = false;  ///< what ends last was cancelled
};
/// The cover that is in force at `at`, by contracts in the order of their start, where breaks up to
/// `grace` are none.
[[nodiscard]] Cover cover_at(std::span<const Contract> contracts, Time at,
                             std::chrono::seconds grace);

class OutcomeRule {
 public:
  /// Throws `invalid_option`. The options must outlive it.
  OutcomeRule(const OutcomeOptions& options, const CustomerFacts& facts);

  [[nodiscard]] Standing standing(const CustomerPast& past) const;
  [[nodiscard]] bool watched(Time date, Time until) const noexcept {
    return date + reach() <= until;
  }
  /// From the date to the end of what a target depends on.
  [[nodiscard]] std::chrono::seconds reach() const noexcept {
    return options_.gap + options_.horizon +
           (of_contracts() ? options_.grace : std::chrono::seconds{0});
  }

  struct Target {
    double value = 0;
    bool gone = false;
    bool given_back = false;
  };
  [[nodiscard]] Target target(const LabelFacts& facts, std::size_t customer, Time date);

 private:
  struct OrderSum {
    Order order{};
    std::int64_t amount = 0;
    bool sale = false;
    bool refund = false;
  };
  [[nodiscard]] bool of_contracts() const noexcept {
    return options_.kind == OutcomeKind::contract_end;
  }
  [[nodiscard]] bool counts(const FeatureEvent& line) const {
    return lines_ && (!options_.line || options_.line(line));
  }
  [[nodiscard]] Standing standing_of_cover(const CustomerPast& past) const;
  [[nodiscard]] bool happened(std::span<const FeatureEvent> lines,
                              std::span<const CustomerEvent> events) const;
  void bought(std::span<const FeatureEvent> lines, Target& out);

  const OutcomeOptions& options_;
  bool lines_;       // whether lines can count
  bool by_orders_;   // who is a customer is told by orders, else by events
  double unit_ = 1;  // of the amounts in a major unit
  std::vector<OrderSum> sums_;
};

}  // namespace emptor::detail
