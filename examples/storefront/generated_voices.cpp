#include "generated_voices.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>

#include "streams.hpp"
#include "voice_words.hpp"
#include "words.hpp"

namespace storefront {
namespace {

using emptor::RandomStream;
using emptor::Time;
using std::chrono::days;
using std::chrono::seconds;

constexpr double seconds_a_day = 86'400;
constexpr int late_days = 100;  // before the end: parcels come late more often

seconds days_of(double number) {
  return seconds{static_cast<std::int64_t>(number * seconds_a_day)};
}

template <class Container>
const auto& pick(RandomStream& random, const Container& from) {
  return from[random.below(static_cast<std::uint32_t>(from.size()))];
}

int rounded(double value, int low, int high) {
  return static_cast<int>(
      std::clamp(std::lround(value), static_cast<long>(low), static_cast<long>(high)));
}

std::string with_thing(std::string_view phrase, std::string_view thing) {
  std::string out;
  for (std::size_t i = 0; i < phrase.size(); ++i) {
    if (phrase.substr(i, 2) == "{}") {
      out += thing;
      ++i;
    } else {
      out += phrase[i];
    }
  }
  return out;
}

class Voices {
 public:
  explicit Voices(Shop& shop)
      : shop_(shop),
        end_(Time{shop.options.first_day} + days{shop.options.days}),
        late_from_(end_ - days{std::min(late_days, shop.options.days / 2)}) {
    for (std::size_t p = 0; p < shop.people.size(); ++p) {
      RandomStream random = stream_of(shop.options, Kind::moods, p);
      moods_.push_back(random.normal(0, 1) - 2 * (shop.people[p].drop_out - 0.17));
    }
  }

  /// The lines of an order, one after another, that was bought by somebody known.
  void order(std::size_t first, std::size_t last, std::size_t number) {
    RandomStream random = stream_of(shop_.options, Kind::voices, number);
    const ShopOrderLine& line = shop_.lines[first];
    const double mood = moods_[shop_.records[*line.record].person];
    const bool late = random.bernoulli(line.time >= late_from_ ? 0.5 : 0.07);
    if (random.bernoulli(0.07)) answer(line, mood, late, random);
    for (std::size_t l = first; l < last; ++l) {
      if (random.bernoulli(0.025)) review(shop_.lines[l], mood, late, random);
    }
    if (random.bernoulli(late ? 0.15 : 0.025)) open_case(line, late, random);
  }

  /// Reviews that were bought: an item each, many within two days.
  void add_bought_reviews() {
    if (shop_.items.size() < 3 || shop_.records.size() < 20) return;
    for (std::size_t b = 0; b < bought_reviews.size(); ++b) {
      RandomStream random = stream_of(shop_.options, Kind::bought_reviews, b);
      const std::size_t item = random.below(static_cast<std::uint32_t>(shop_.items.size()));
      const Time begin = end_ - days_of(random.uniform(20, 0.7 * shop_.options.days));
      for (int r = 0; r < 10; ++r) {
        constexpr std::array<std::string_view, 4> ends{"!", "!!", ".", " :)"};
        shop_.reviews.push_back(
            {.time = begin + days_of(random.uniform(0, 1.8)),
             .record = random.below(static_cast<std::uint32_t>(shop_.records.size())),
             .item = item,
             .rating = b == 2 ? 1 : 5,
             .text =
                 with_thing(bought_reviews[b], thing_of(item)) + std::string(pick(random, ends)),
             .bought = true});
      }
    }
  }

 private:
  [[nodiscard]] std::string_view thing_of(std::size_t item) const {
    const std::size_t kind = item / category_words.size();
    const CategoryWords& words = category_words[shop_.items[item].category];
    return words.goods[kind % words.goods.size()];
  }

  /// How good an item is, whatever people think.
  [[nodiscard]] static double goodness(std::size_t item) {
    return static_cast<double>(item * 7919 % 13) / 6 - 0.6;
  }

  void answer(const ShopOrderLine& line, double mood, bool late, RandomStream& random) {
    const Time time = line.time + days_of(random.uniform(5, 12));
    const double call = line.channel == 4 ? 0.6 : 0;
    ShopAnswer out{.time = time, .record = *line.record, .channel = line.channel};
    const auto five = [&](double mean) { return rounded(mean + random.normal(0, 0.8), 1, 5); };
    out.product = five(4.1 + 0.5 * mood);
    out.delivery = five(4.3 + 0.2 * mood - (late ? 1.8 : 0));
    out.service = five(4.0 + 0.4 * mood - call);
    out.price = five(3.7 + 0.3 * mood);
    out.website = five(4.0 + 0.3 * mood);
    out.packaging = five(4.2 + 0.2 * mood - (late ? 0.5 : 0));
    out.easy = rounded(5.4 + 0.4 * mood - (late ? 0.8 : 0) - call + random.normal(0, 1), 1, 7);
    out.recommend =
        rounded(8.0 + 0.9 * (out.product - 4) + 0.9 * (out.delivery - 4) + 0.5 * (out.service - 4) +
                    0.1 * (out.price - 4) + random.normal(0, 1.1),
                0, 10);
    out.seconds = rounded(70 * std::exp(random.normal(0, 0.4)), 20, 900);
    if (random.bernoulli(0.03)) {  // somebody who ticks the same all the way down
      out.product = rounded(random.uniform(1, 5), 1, 5);
      out.price = out.website = out.delivery = out.packaging = out.service = out.product;
      out.easy = out.product;
      out.recommend = out.product;
      out.seconds = rounded(random.uniform(6, 18), 1, 30);
    } else if (random.bernoulli(0.02)) {  // somebody who does not read
      out.recommend = rounded(random.uniform(0, 10), 0, 10);
      out.seconds = rounded(random.uniform(5, 12), 1, 30);
    }
    if (random.bernoulli(0.01)) out.recommend = random.bernoulli(0.5) ? 11 : 99;
    for (int* one : {&out.product, &out.price, &out.website, &out.delivery, &out.packaging,
                     &out.service, &out.easy}) {
      if (random.bernoulli(0.03)) *one = ShopAnswer::not_given;
    }
    if (time >= end_) return;
    shop_.answers.push_back(out);
    if (!random.bernoulli(0.015)) return;  // sent twice
    out.time += seconds{60 + random.below(600)};
    shop_.answers.push_back(out);
  }

  void review(const ShopOrderLine& line, double mood, bool late, RandomStream& random) {
    const Time time = line.time + days_of(random.uniform(4, 25));
    const bool chinese = shop_.people[shop_.records[*line.record].person].country == "China";
    const std::array<double, 3> said{0.85, late ? 0.8 : 0.35, 0.25};  // goods, delivery, service
    const std::array<double, 3> feels{goodness(line.item) + 0.5 * mood + 0.3, late ? -1.0 : 0.9,
                                      0.5 + 0.4 * mood};
    double sum = 0;
    std::string words;
    std::string opening;
    std::string closing;
    if (random.bernoulli(0.8)) opening = pick(random, chinese ? chinese_openings : openings);
    if (random.bernoulli(0.7)) closing = pick(random, chinese ? chinese_closings : closings);
    for (std::size_t a = 0; a < said.size(); ++a) {
      const bool good = feels[a] + random.normal(0, 0.5) > 0;
      if (!random.bernoulli(said[a]) && !(words.empty() && a + 1 == said.size())) continue;
      sum += good ? 1 : -1;
      const AspectWords& aspect = aspect_words[a];
      const std::string phrase =
          chinese ? std::string(pick(random, good ? aspect.chinese_good : aspect.chinese_bad))
                  : with_thing(pick(random, good ? aspect.good : aspect.bad), thing_of(line.item));
      if (!words.empty() && !chinese) words += ' ';
      words += phrase;
    }
    const int rating = rounded(3.1 + 1.1 * sum + random.normal(0, 0.5), 1, 5);
    if (rating <= 2 && random.bernoulli(0.08)) {
      words += chinese ? pick(random, chinese_grave_words) : pick(random, grave_words);
    }
    if (time >= end_) return;
    shop_.reviews.push_back({.time = time,
                             .record = *line.record,
                             .item = line.item,
                             .rating = rating,
                             .text = opening + words + closing});
  }

  void open_case(const ShopOrderLine& line, bool late, RandomStream& random) {
    const Time opened = line.time + days_of(random.uniform(2, 14));
    ShopCase out{.opened = opened, .record = *line.record, .channel = line.channel};
    const std::vector<double> shares{0.4, 0.25, 0.2, 0.15};  // but for late parcels
    out.category = late && random.bernoulli(0.85) ? 0 : 1 + random.categorical(shares);
    const Time closed = opened + days_of(random.gamma(1.5, late ? 5 : 2));
    if (closed < end_ && !random.bernoulli(0.03)) out.closed = closed;
    if (opened < end_) shop_.cases.push_back(out);
  }

  Shop& shop_;
  Time end_;
  Time late_from_;
  std::vector<double> moods_;
};

/// Companies that look at the shop: some fit and some are keen; who is both buys in the end.
void make_leads(Shop& shop) {
  constexpr std::array<std::string_view, 5> industries{"manufacturing", "retail", "software",
                                                       "education", "other"};
  constexpr std::array<std::string_view, 3> levels{"director", "manager", "clerk"};
  const Time end = Time{shop.options.first_day} + days{shop.options.days};
  const double span = std::min(300.0, 0.8 * shop.options.days);
  const std::size_t leads = std::min<std::size_t>(500, 20 + shop.options.people / 5);
  for (std::size_t l = 0; l < leads; ++l) {
    RandomStream random = stream_of(shop.options, Kind::leads, l);
    ShopLead lead{.key = emptor::text("L", 1001 + l)};
    lead.joined = end - days_of(random.uniform(2, span));
    const double fit = random.normal(0, 1);
    const double keen = random.normal(0, 1);
    lead.industry = industries[fit + random.normal(0, 1) > 0.3 ? random.below(2) : random.below(5)];
    lead.level = levels[keen + random.normal(0, 1.5) > 1 ? 0 : 1 + random.below(2)];
    lead.employees = random.bernoulli(0.15)
                         ? 0
                         : rounded(60 * std::exp(random.normal(0.6 * fit, 1.3)), 1, 20'000);
    if (!random.bernoulli(0.2)) lead.need = rounded(50 + 30 * fit + random.normal(0, 20), 0, 100);
    const auto happen = [&](std::string_view kind, double mean, double within) {
      const std::int64_t times = random.poisson(mean);
      for (std::int64_t t = 0; t < times; ++t) {
        const Time when = lead.joined + days_of(random.gamma(0.9, within));
        if (when < end) shop.lead_events.push_back({l, std::string(kind), when});
      }
    };
    const double interest = std::exp(0.8 * keen);
    happen("page view", 6 * interest, 30);
    happen("price list", 0.5 * interest, 25);
    happen("webinar", 0.3 * interest, 35);
    happen("demo asked", 0.2 * interest, 30);
    happen("unsubscribed", 0.08, 60);
    if (random.bernoulli(1 / (1 + std::exp(1 - 1.2 * fit - 1.2 * keen)))) {
      const Time when = lead.joined + days_of(15 + random.gamma(2, 25));
      if (when < end) shop.lead_events.push_back({l, "order", when});
    }
    shop.leads.push_back(std::move(lead));
  }
}

template <class Row>
void sort_by_time(std::vector<Row>& rows, Time Row::*time) {
  std::stable_sort(rows.begin(), rows.end(),
                   [time](const Row& a, const Row& b) { return a.*time < b.*time; });
}

}  // namespace

void make_voices(Shop& shop) {
  shop.case_categories = {"late parcel", "damaged", "wrong item", "invoice", "account"};
  Voices voices(shop);
  std::size_t number = 0;
  const std::size_t lines = shop.lines.size();
  for (std::size_t first = 0; first < lines;) {
    std::size_t last = first + 1;
    while (last < lines && shop.lines[last].order == shop.lines[first].order) ++last;
    const ShopOrderLine& line = shop.lines[first];
    if (line.quantity > 0 && line.record) voices.order(first, last, number++);
    first = last;
  }
  voices.add_bought_reviews();
  make_leads(shop);
  sort_by_time(shop.answers, &ShopAnswer::time);
  sort_by_time(shop.reviews, &ShopReview::time);
  sort_by_time(shop.cases, &ShopCase::opened);
  sort_by_time(shop.lead_events, &ShopLeadEvent::time);
}

}  // namespace storefront
