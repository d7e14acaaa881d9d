// RFM against a slow twin, and the one promise: batch, stream and merges in any order are the same.

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "emptor/segment/rfm.hpp"
#include "support/property.hpp"

namespace {

using namespace emptor;

/// Few customers, orders, days and amounts, so that ties and shared orders are common.
std::vector<RfmLine> any_lines() {
  const auto count = *rc::gen::inRange<std::size_t>(0, 60);
  std::vector<RfmLine> lines;
  // Amounts far apart are cut in another way than close ones.
  const auto unit = *rc::gen::element<std::int64_t>(1, 1'000'003, 100'000'000'000'000);
  for (std::size_t i = 0; i < count; ++i) {
    const auto customer = *rc::gen::inRange<std::uint32_t>(0, 12);
    const auto amount = unit * *rc::gen::inRange(-4, 8);
    lines.push_back({.customer = customer == 11 ? no_customer : id_at<Customer>(customer),
                     .order = id_at<Order>(*rc::gen::inRange<std::size_t>(0, 15)),
                     .time = Time{std::chrono::hours{*rc::gen::inRange(0, 24 * 6)}},
                     .amount = amount,
                     .quantity = amount < 0 || *rc::gen::inRange(0, 9) == 0 ? -1 : 1,
                     .line = i});
  }
  return lines;
}

RfmOptions any_options() {
  RfmOptions options;
  options.bins = *rc::gen::inRange(2, 8);
  options.ties = *rc::gen::element(RfmTies::rank_first, RfmTies::value, RfmTies::ntile);
  options.refunds = *rc::gen::element(RfmRefunds::net, RfmRefunds::ignore);
  options.free_lines = *rc::gen::arbitrary<bool>();
  options.as_of = Time{std::chrono::hours{24 * *rc::gen::inRange(3, 8)}};
  return options;
}

RfmAccumulator streamed(std::span<const RfmLine> lines, const RfmOptions& options) {
  RfmAccumulator accumulator(options);
  for (const RfmLine& line : lines) accumulator.add(line);
  return accumulator;
}

void assert_same(const RfmResult& a, const RfmResult& b) {
  RC_ASSERT(a.rows == b.rows);
  RC_ASSERT(a.thresholds == b.thresholds);
  RC_ASSERT(a.counts == b.counts);
  RC_ASSERT(a.without_purchase == b.without_purchase);
  RC_ASSERT(a.options == b.options);
}

struct Twin {
  std::int64_t days = 0;
  std::int64_t orders = 0;
  std::int64_t monetary = 0;
  std::uint64_t first_line = 0;
};

/// Values by definition, from all lines of each customer.
std::map<Customer, Twin> twins_of(const std::vector<RfmLine>& lines, const RfmOptions& options) {
  std::map<Customer, Twin> twins;
  for (std::uint32_t c = 0; c < 11; ++c) {
    std::set<Order> orders;
    Twin twin;
    Time last = Time::min();
    for (const RfmLine& line : lines) {
      if (line.customer != id_at<Customer>(c) || line.time > *options.as_of) continue;
      const bool refund = line.amount < 0 || line.quantity < 0;
      if (refund && options.refunds == RfmRefunds::net) twin.monetary += line.amount;
      if (refund || (line.amount == 0 && !options.free_lines)) continue;
      if (orders.empty()) twin.first_line = line.line;
      orders.insert(line.order);
      twin.monetary += line.amount;
      last = std::max(last, line.time);
    }
    if (orders.empty()) continue;
    twin.orders = static_cast<std::int64_t>(orders.size());
    twin.days = std::chrono::floor<std::chrono::days>(*options.as_of - last).count();
    twins[id_at<Customer>(c)] = twin;
  }
  return twins;
}

/// The bin of each customer by sorting everybody and walking the ranks.
template <class Value>
std::map<Customer, int> bins_of(const std::map<Customer, Twin>& twins, const RfmOptions& options,
                                Value value) {
  std::vector<std::tuple<std::int64_t, std::uint64_t, Customer>> sorted;
  for (const auto& [customer, twin] : twins) {
    sorted.emplace_back(value(twin), twin.first_line, customer);
  }
  std::sort(sorted.begin(), sorted.end());
  const std::size_t n = sorted.size();
  const std::size_t k = static_cast<std::size_t>(options.bins);
  std::map<Customer, int> bins;
  for (std::size_t place = 0; place < n; ++place) {
    std::size_t bin = 1;
    if (options.ties == RfmTies::ntile) {
      std::size_t end = 0;
      for (bin = 0; end <= place; ++bin) end += n / k + (bin < n % k ? 1 : 0);
    } else {
      std::size_t at = place;  // rank - 1; with shared bins the first of the equals decides
      while (options.ties == RfmTies::value && at > 0 &&
             std::get<0>(sorted[at - 1]) == std::get<0>(sorted[place])) {
        --at;
      }
      while (at * k > bin * (n - 1)) ++bin;  // rank > 1 + (bin / k)(n - 1)
    }
    bins[std::get<2>(sorted[place])] = static_cast<int>(bin);
  }
  return bins;
}

}  // namespace

TEST_CASE("values and bins by definition") {
  test::check_property("rfm twin", [] {
    const auto lines = any_lines();
    const RfmOptions options = any_options();
    const RfmResult result = streamed(lines, options).score();
    const auto twins = twins_of(lines, options);
    const auto recency = bins_of(twins, options, [](const Twin& t) { return t.days; });
    const auto frequency = bins_of(twins, options, [](const Twin& t) { return t.orders; });
    const auto monetary = bins_of(twins, options, [](const Twin& t) { return t.monetary; });
    RC_ASSERT(result.rows.size() == twins.size());
    for (const RfmRow& row : result.rows) {
      const Twin& twin = twins.at(row.customer);
      RC_ASSERT(row.recency_days == twin.days);
      RC_ASSERT(std::int64_t{row.orders} == twin.orders);
      RC_ASSERT(row.monetary == twin.monetary);
      RC_ASSERT(int{row.score.recency} == options.bins + 1 - recency.at(row.customer));
      RC_ASSERT(int{row.score.frequency} == frequency.at(row.customer));
      RC_ASSERT(int{row.score.monetary} == monetary.at(row.customer));
      RC_ASSERT(rfm_score(result.thresholds, row.recency_days, row.orders, row.monetary,
                          twin.first_line) == row.score);
    }
    const RfmLineCounts& c = result.counts;
    RC_ASSERT(c.lines == lines.size());
    RC_ASSERT(c.lines == c.purchases + c.refunds + c.free_lines + c.anonymous + c.after_as_of +
                             c.outside_window);
  });
}

TEST_CASE("batch is stream is any merge of any parts in any order") {
  test::check_property("rfm merge", [] {
    auto lines = any_lines();
    const RfmOptions options = any_options();
    const RfmResult expected = streamed(lines, options).score();

    std::vector<Customer> customers;
    std::vector<Time> times;
    std::vector<std::int64_t> amounts;
    std::vector<Order> orders;
    std::vector<std::int32_t> quantities;
    for (const RfmLine& line : lines) {
      customers.push_back(line.customer);
      times.push_back(line.time);
      amounts.push_back(line.amount);
      orders.push_back(line.order);
      quantities.push_back(line.quantity);
    }
    RfmAccumulator batch(options);
    batch.add({.customers = customers,
               .times = times,
               .amounts = amounts,
               .orders = orders,
               .quantities = quantities});
    assert_same(batch.score(), expected);

    for (std::size_t i = lines.size(); i > 1; --i) {
      std::swap(lines[i - 1], lines[*rc::gen::inRange<std::size_t>(0, i)]);
    }
    const std::size_t first = *rc::gen::inRange<std::size_t>(0, lines.size() + 1);
    const std::size_t second = *rc::gen::inRange<std::size_t>(first, lines.size() + 1);
    const std::span<const RfmLine> all(lines);
    const auto a = streamed(all.first(first), options);
    const auto b = streamed(all.subspan(first, second - first), options);
    const auto c = streamed(all.subspan(second), options);
    auto left = a;  // (a + b) + c
    left.merge(b);
    left.merge(c);
    assert_same(left.score(), expected);
    auto bc = c;  // (c + b) + a
    bc.merge(b);
    bc.merge(a);
    assert_same(bc.score(), expected);
  });
}

TEST_CASE("customers joined when scoring are as if their lines had been of one") {
  test::check_property("rfm customers merged", [] {
    const auto lines = any_lines();
    const RfmOptions options = any_options();
    // The even ones keep themselves, an odd one may be the even one before it.
    std::vector<Customer> into;
    for (std::uint32_t c = 0; c < 11; ++c) {
      into.push_back(id_at<Customer>(c % 2 == 1 && *rc::gen::arbitrary<bool>() ? c - 1 : c));
    }
    auto renamed = lines;
    for (RfmLine& line : renamed) {
      if (line.customer != no_customer) line.customer = into[index(line.customer)];
    }
    assert_same(streamed(lines, options).score(into), streamed(renamed, options).score());
  });
}
