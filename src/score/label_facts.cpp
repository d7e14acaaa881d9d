#include "score/label_facts.hpp"

#include <algorithm>
#include <utility>

#include "emptor/core/error.hpp"
#include "profile/feature_magnitude.hpp"

namespace emptor::detail {

namespace {

constexpr const char* where = "learning_set";

template <class Fact>
std::span<const Fact> within(std::span<const Fact> facts, Time from, Time to) {
  const auto earlier = [](Time limit) {
    return [limit](const Fact& fact) { return fact.time < limit; };
  };
  const auto begin = std::partition_point(facts.begin(), facts.end(), earlier(from));
  return {begin, std::partition_point(begin, facts.end(), earlier(to))};
}

CustomerEvent event_of(const Events& events, std::size_t row, const FeatureColumns& columns) {
  const Item item = events.items()[row];
  return {.time = events.times()[row],
          .kind = events.kinds()[row],
          .item = item,
          .category = Category{code_in(columns.categories, item)},
          .brand = Brand{code_in(columns.brands, item)},
          .channel = events.event_channels()[row]};
}

void require_recorded(std::span<const Time> recorded, std::size_t facts, const char* what) {
  if (recorded.empty() || recorded.size() == facts) return;
  throw Exception(ErrorCode::invalid_shape,
                  text(recorded.size(), " recorded times for ", facts, ' ', what), where);
}

}  // namespace

void LabelFacts::take_owners(const CustomerFacts& facts) {
  if (facts.owners.empty()) return;
  if (facts.owners.size() != facts.customers) {
    throw Exception(ErrorCode::invalid_shape,
                    text(facts.owners.size(), " owners for ", facts.customers, " customers"),
                    where);
  }
  owners_.assign(facts.owners.begin(), facts.owners.end());
  for (std::size_t c = 0; c < owners_.size(); ++c) {
    const std::size_t of = index(owners_[c]);
    if (of >= owners_.size()) {
      throw Exception(ErrorCode::out_of_range, text("owner ", of, " of ", owners_.size()), where);
    }
    if (index(owners_[of]) != of) {
      throw Exception(ErrorCode::invalid_value,
                      text("customer ", c, ": the owner must stand for itself"), where);
    }
    joined_ += of != c ? 1 : 0;
  }
}

Customer LabelFacts::owner(Customer customer) const {
  if (index(customer) >= count_) {
    throw Exception(ErrorCode::out_of_range, text("customer ", index(customer), " of ", count_),
                    where);
  }
  return owners_.empty() ? customer : owners_[index(customer)];
}

template <class Fact, class FactOf>
void LabelFacts::group(std::span<const Customer> customer_of, std::span<const Time> recorded,
                       FactOf&& fact_of, Grouped<Fact>& to) {
  struct Dated {
    Fact fact{};
    Time recorded{};
  };
  std::vector<Customer> owned(customer_of.size(), no_customer);
  for (std::size_t row = 0; row < owned.size(); ++row) {
    if (customer_of[row] == no_customer) {
      ++anonymous_;
    } else {
      owned[row] = owner(customer_of[row]);
    }
  }
  auto grouped = facts_by_customer<Dated>(
      owned, count_, [](std::size_t) { return true; },
      [&](std::size_t row) {
        return Dated{fact_of(row), recorded.empty() ? Time::min() : recorded[row]};
      });
  for (std::size_t c = 0; c < count_; ++c) {
    const std::span<Dated> own = grouped.of(c);
    std::sort(own.begin(), own.end(), [](const Dated& a, const Dated& b) {
      return a.fact != b.fact ? a.fact < b.fact : a.recorded < b.recorded;
    });
  }
  to.begins = std::move(grouped.begins);
  to.facts.reserve(grouped.facts.size());
  if (!recorded.empty()) to.recorded.reserve(grouped.facts.size());
  for (const Dated& one : grouped.facts) {
    to.facts.push_back(one.fact);
    if (!recorded.empty()) to.recorded.push_back(one.recorded);
  }
}

LabelFacts::LabelFacts(const CustomerFacts& facts) : count_(facts.customers) {
  take_owners(facts);
  if (facts.orders != nullptr) {
    const Orders& orders = *facts.orders;
    require_columns(orders, facts.columns);
    require_recorded(facts.line_recorded, orders.lines(), "lines");
    group(
        orders.line_customers(), facts.line_recorded,
        [&](std::size_t line) { return feature_event(orders, line, facts.columns); }, lines_);
  }
  if (facts.events != nullptr) {
    const Events& events = *facts.events;
    require_recorded(facts.event_recorded, events.size(), "events");
    group(
        events.customers(), facts.event_recorded,
        [&](std::size_t row) { return event_of(events, row, facts.columns); }, events_);
  }
  if (!facts.contracts.empty()) {
    std::vector<Customer> of;
    std::vector<Time> recorded;
    for (const Contract& contract : facts.contracts) {
      of.push_back(contract.customer);
      recorded.push_back(contract.recorded > Time::min() ? contract.recorded : contract.start);
    }
    group(
        of, recorded,
        [&](std::size_t row) {
          Contract own = facts.contracts[row];
          own.customer = owner(own.customer);
          return own;
        },
        contracts_);
  }
  lines_.begins.resize(count_ + 1, lines_.begins.back());
  events_.begins.resize(count_ + 1, events_.begins.back());
  contracts_.begins.resize(count_ + 1, contracts_.begins.back());
  for (std::size_t c = 0; c < count_; ++c) {
    std::int64_t magnitude = 0;
    for (const FeatureEvent& line : lines_.of(c)) {
      magnitude = with_magnitude(magnitude, line.amount, line.discount);
    }
  }
}

template <class Fact>
std::span<const Fact> LabelFacts::before(const Grouped<Fact>& grouped, std::size_t customer,
                                         Time date, std::vector<Fact>& scratch) {
  const std::span<const Fact> past = within(grouped.of(customer), Time::min(), date);
  if (grouped.recorded.empty()) return past;
  const Time* recorded = grouped.recorded.data() + grouped.begins[customer];
  const auto known = [&](std::size_t place) { return recorded[place] < date; };
  std::size_t place = 0;
  while (place < past.size() && known(place)) ++place;
  if (place == past.size()) return past;
  scratch.assign(past.begin(), past.begin() + static_cast<std::ptrdiff_t>(place));
  for (; place < past.size(); ++place) {
    if (known(place)) scratch.push_back(past[place]);
  }
  return scratch;
}

CustomerPast LabelFacts::past(std::size_t customer, Time date, PastScratch& scratch) const {
  CustomerPast out{.customer = id_at<Customer>(customer), .date = date};
  out.lines = before(lines_, customer, date, scratch.lines);
  out.events = before(events_, customer, date, scratch.events);
  // A renewal may be agreed before the date and start after it, so contracts go by recording alone.
  scratch.contracts.clear();
  const std::span<const Contract> contracts = contracts_.of(customer);
  for (std::size_t i = 0; i < contracts.size(); ++i) {
    if (contracts_.recorded[contracts_.begins[customer] + i] >= date) continue;
    Contract& known = scratch.contracts.emplace_back(contracts[i]);
    if (known.notice >= date) known.notice = known.stop = Time::max();
  }
  // What distinguishes contracts may be hidden now; the order must not tell of it.
  std::sort(scratch.contracts.begin(), scratch.contracts.end());
  out.contracts = scratch.contracts;
  return out;
}

std::span<const FeatureEvent> LabelFacts::lines(std::size_t customer, Time from, Time to) const {
  return within(lines_.of(customer), from, to);
}
std::span<const CustomerEvent> LabelFacts::events(std::size_t customer, Time from, Time to) const {
  return within(events_.of(customer), from, to);
}
std::span<const Contract> LabelFacts::contracts(std::size_t customer) const {
  return contracts_.of(customer);
}

}  // namespace emptor::detail
