// The relatives of RFM against values by definition; batch, stream, merges and archives are the
// same.

#include <algorithm>
#include <map>
#include <set>

#include "emptor/segment/rfm_family.hpp"
#include "emptor/segment/value_model.hpp"
#include "support/property.hpp"

namespace {

using namespace emptor;

struct PricedLine {
  RfmLine line;
  std::int64_t list_price = 0;
};

std::vector<PricedLine> any_priced_lines() {
  const auto count = *rc::gen::inRange<std::size_t>(0, 60);
  std::vector<PricedLine> lines;
  for (std::size_t i = 0; i < count; ++i) {
    const auto customer = *rc::gen::inRange<std::uint32_t>(0, 10);
    const auto amount = *rc::gen::inRange(-4, 30);
    lines.push_back({{.customer = customer == 9 ? no_customer : id_at<Customer>(customer),
                      .order = id_at<Order>(*rc::gen::inRange<std::size_t>(0, 20)),
                      .time = Time{std::chrono::hours{*rc::gen::inRange(0, 24 * 9)}},
                      .amount = amount,
                      .quantity = amount < 0 ? -1 : 1,
                      .line = i},
                     *rc::gen::inRange(0, 40)});
  }
  return lines;
}

RfmFamilyOptions any_family_options() {
  RfmFamilyOptions options;
  options.rfm.bins = *rc::gen::inRange(2, 8);
  options.rfm.ties = *rc::gen::element(RfmTies::rank_first, RfmTies::value, RfmTies::ntile);
  options.rfm.refunds = *rc::gen::element(RfmRefunds::net, RfmRefunds::ignore);
  options.rfm.as_of = Time{std::chrono::hours{24 * *rc::gen::inRange(5, 11)}};
  options.discount = *rc::gen::element(RfmDiscount::by_line, RfmDiscount::by_amount);
  options.measures = *rc::gen::element(rfm_measures(), rfm_tenure_measures(), lrfm_measures(),
                                       lrfmc_measures(), average_order_measures());
  return options;
}

RfmFamilyAccumulator streamed(std::span<const PricedLine> lines, const RfmFamilyOptions& options) {
  RfmFamilyAccumulator accumulator(options);
  for (const PricedLine& one : lines) accumulator.add(one.line, one.list_price);
  return accumulator;
}

void assert_same(const RfmFamilyResult& a, const RfmFamilyResult& b) {
  RC_ASSERT(a.rows == b.rows);
  RC_ASSERT(a.thresholds == b.thresholds);
  RC_ASSERT(a.counts == b.counts);
  RC_ASSERT(a.without_list_price == b.without_list_price);
  RC_ASSERT(a.options == b.options);
}

std::int64_t rounded(double value) {
  return static_cast<std::int64_t>(std::nearbyint(value));  // halves to even
}

}  // namespace

TEST_CASE("all measures by definition") {
  test::check_property("rfm family twin", [] {
    const auto lines = any_priced_lines();
    const RfmFamilyOptions options = any_family_options();
    const RfmFamilyResult result = streamed(lines, options).score();
    const std::int64_t as_of = options.rfm.as_of->time_since_epoch().count();
    std::size_t rows = 0;
    for (std::uint32_t c = 0; c < 9; ++c) {
      std::set<Order> orders;
      std::vector<std::int64_t> times;
      std::int64_t money = 0;
      std::int64_t paid = 0;
      std::int64_t priced = 0;
      std::vector<std::int64_t> ratios;
      for (const auto& [line, list_price] : lines) {
        if (line.customer != id_at<Customer>(c) || line.time > *options.rfm.as_of) continue;
        if (line.amount < 0 && options.rfm.refunds == RfmRefunds::net) money += line.amount;
        if (line.amount <= 0) continue;
        orders.insert(line.order);
        times.push_back(line.time.time_since_epoch().count());
        money += line.amount;
        if (list_price == 0) continue;
        paid += line.amount;
        priced += list_price;
        ratios.push_back(
            rounded(1e6 * static_cast<double>(line.amount) / static_cast<double>(list_price)));
      }
      if (orders.empty()) continue;
      ++rows;
      const auto found = std::find_if(result.rows.begin(), result.rows.end(), [&](const auto& row) {
        return row.customer == id_at<Customer>(c);
      });
      RC_ASSERT(found != result.rows.end());
      if (found == result.rows.end()) return;
      const auto [first, last] = std::minmax_element(times.begin(), times.end());
      const auto n = static_cast<std::int64_t>(orders.size());
      RC_ASSERT(found->value(RfmMeasure::recency) == (as_of - *last) / 86400);
      RC_ASSERT(found->value(RfmMeasure::frequency) == n);
      RC_ASSERT(found->value(RfmMeasure::monetary) == money);
      RC_ASSERT(found->value(RfmMeasure::tenure) == (as_of - *first) / 86400);
      RC_ASSERT(found->value(RfmMeasure::length) == (*last - *first) / 86400);
      RC_ASSERT(found->value(RfmMeasure::average_order) ==
                rounded(static_cast<double>(money) / static_cast<double>(n)));
      std::int64_t discount = 1'000'000;
      if (!ratios.empty() && options.discount == RfmDiscount::by_line) {
        std::int64_t sum = 0;
        for (const std::int64_t ratio : ratios) sum += ratio;
        discount = rounded(static_cast<double>(sum) / static_cast<double>(ratios.size()));
      } else if (!ratios.empty()) {
        discount = rounded(1e6 * static_cast<double>(paid) / static_cast<double>(priced));
      }
      RC_ASSERT(found->value(RfmMeasure::discount) == discount);
    }
    RC_ASSERT(result.rows.size() == rows);
  });
}

TEST_CASE("recency, frequency and money are those of RFM") {
  test::check_property("rfm family is rfm", [] {
    const auto lines = any_priced_lines();
    RfmFamilyOptions options = any_family_options();
    options.measures = rfm_measures();
    const auto family = streamed(lines, options);
    RfmAccumulator plain(options.rfm);
    for (const PricedLine& one : lines) plain.add(one.line);
    const RfmResult expected = plain.score();
    const RfmFamilyResult result = family.score();
    RC_ASSERT(result.rows.size() == expected.rows.size());
    for (std::size_t i = 0; i < expected.rows.size(); ++i) {
      const RfmScore score = expected.rows[i].score;
      RC_ASSERT(result.rows[i].score(RfmMeasure::recency) == score.recency);
      RC_ASSERT(result.rows[i].score(RfmMeasure::frequency) == score.frequency);
      RC_ASSERT(result.rows[i].score(RfmMeasure::monetary) == score.monetary);
      RC_ASSERT(result.rows[i].score(RfmMeasure::tenure) == 0);
    }
    if (expected.rows.empty()) return;
    RC_ASSERT(result.thresholds[0] == expected.thresholds.recency);
    RC_ASSERT(result.thresholds[2] == expected.thresholds.monetary);
  });
}

TEST_CASE("the family: batch is stream is any merge; customers joined are one") {
  test::check_property("rfm family merge", [] {
    auto lines = any_priced_lines();
    const RfmFamilyOptions options = any_family_options();
    const RfmFamilyResult expected = streamed(lines, options).score();
    std::vector<Customer> into;
    for (std::uint32_t c = 0; c < 9; ++c) into.push_back(id_at<Customer>(c / 2 * 2));
    auto renamed = lines;
    for (PricedLine& one : renamed) {
      if (one.line.customer != no_customer) one.line.customer = into[index(one.line.customer)];
    }
    assert_same(streamed(lines, options).score(into), streamed(renamed, options).score());

    for (std::size_t i = lines.size(); i > 1; --i) {
      std::swap(lines[i - 1], lines[*rc::gen::inRange<std::size_t>(0, i)]);
    }
    const std::size_t cut = *rc::gen::inRange<std::size_t>(0, lines.size() + 1);
    const std::span<const PricedLine> all(lines);
    auto merged = streamed(all.subspan(cut), options);
    merged.merge(streamed(all.first(cut), options));
    assert_same(merged.score(), expected);
  });
}

TEST_CASE("an accumulator of RFM is what was saved, and equal states are equal bytes") {
  test::check_property("rfm archive", [] {
    auto lines = any_priced_lines();
    const RfmFamilyOptions options = any_family_options();
    RfmAccumulator accumulator(options.rfm, Currency("GBP"), 3);
    for (const PricedLine& one : lines) accumulator.add(one.line);
    const auto bytes = accumulator.save();
    auto loaded = RfmAccumulator::load(bytes);
    RC_ASSERT(loaded.has_value());
    const RfmResult a = accumulator.score();
    const RfmResult b = loaded->score();
    RC_ASSERT(a.rows == b.rows);
    RC_ASSERT(a.thresholds == b.thresholds);
    RC_ASSERT(a.counts == b.counts);
    RC_ASSERT(a.options == b.options);
    RC_ASSERT(b.price_scale == 3);
    RC_ASSERT(loaded->save() == bytes);

    std::reverse(lines.begin(), lines.end());
    RfmAccumulator backwards(options.rfm, Currency("GBP"), 3);
    for (const PricedLine& one : lines) backwards.add(one.line);
    RC_ASSERT(backwards.save() == bytes);
    loaded->merge(backwards);  // every order is known already
    RC_ASSERT(loaded->states().size() == accumulator.states().size());
    for (std::size_t c = 0; c < loaded->states().size(); ++c) {
      RC_ASSERT(loaded->states()[c].orders == accumulator.states()[c].orders);
    }

    const auto ends = load_rfm_thresholds(save_rfm_thresholds(a.thresholds));
    RC_ASSERT(ends.has_value());
    if (!a.rows.empty()) RC_ASSERT(*ends == a.thresholds);
    auto cut = bytes;
    cut[*rc::gen::inRange<std::size_t>(0, cut.size())] ^= std::byte{1};
    RC_ASSERT(!RfmAccumulator::load(cut).has_value());
  });
}

TEST_CASE("the eight classes by definition") {
  test::check_property("value model twin", [] {
    const auto lines = any_priced_lines();
    const RfmFamilyOptions family = any_family_options();
    RfmAccumulator accumulator(family.rfm);
    for (const PricedLine& one : lines) accumulator.add(one.line);
    const RfmResult rfm = accumulator.score();
    ValueModelOptions options;
    options.levels = *rc::gen::element(ValueLevels::mean_of_values, ValueLevels::mean_of_scores);
    const ValueClasses classes = value_classes_of(rfm, options);
    const bool scores = options.levels == ValueLevels::mean_of_scores;
    double sums[3] = {};
    const auto numbers = [&](const RfmRow& row) {
      using Numbers = std::array<double, 3>;
      return scores ? Numbers{double(row.score.recency), double(row.score.frequency),
                              double(row.score.monetary)}
                    : Numbers{double(-row.recency_days), double(row.orders), double(row.monetary)};
    };
    for (const RfmRow& row : rfm.rows) {
      for (std::size_t i = 0; i < 3; ++i) sums[i] += numbers(row)[i];
    }
    std::uint64_t customers = 0;
    for (const auto& one : classes.classes) customers += one.customers;
    RC_ASSERT(customers == rfm.rows.size());
    RC_ASSERT(classes.classes.size() == 8U);
    const double n = static_cast<double>(rfm.rows.size());
    for (std::size_t i = 0; i < rfm.rows.size(); ++i) {
      std::size_t place = 0;
      for (std::size_t j = 0; j < 3; ++j) {
        place = 2 * place + (numbers(rfm.rows[i])[j] * n > sums[j] ? 1 : 0);
      }
      RC_ASSERT(std::size_t{classes.place_of[i]} == place);
      RC_ASSERT(std::size_t{classes.of_row[i]} == 7 - place);
    }
  });
}
