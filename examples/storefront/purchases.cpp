#include "purchases.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "streams.hpp"
#include "words.hpp"

namespace storefront {
namespace {

using emptor::RandomStream;
using emptor::Time;
using std::chrono::days;
using std::chrono::seconds;

constexpr std::size_t web = 0;
constexpr std::size_t app = 1;
constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

using Bought = std::pair<Time, std::size_t>;

template <class Container>
const auto& pick(RandomStream& random, const Container& from) {
  return from[random.below(static_cast<std::uint32_t>(from.size()))];
}

/// What one person buys, views and sends back, from joining until leaving or the end.
class Purchases {
 public:
  Purchases(Shop& shop, std::size_t person, std::span<const std::size_t> records,
            std::vector<std::vector<Bought>>& bought)
      : shop_(shop),
        bought_(bought),
        self_(person),
        person_(shop.people[person]),
        records_(records),
        random_(stream_of(shop.options, Kind::purchases, person)),
        end_(Time{shop.options.first_day} + days{shop.options.days}) {
    for (const ShopItem& item : shop.items) {
      const double misfit = (std::log(static_cast<double>(item.price)) - person_.price_level) / 0.8;
      liking_.push_back(item.appeal * person_.taste[item.category] * person_.styles[item.style] *
                        std::exp(-0.5 * misfit * misfit));
    }
    weights_.resize(liking_.size());
  }

  void run() {
    double day =
        std::chrono::duration<double, days::period>(person_.joined - Time{shop_.options.first_day})
            .count() +
        random_.exponential(2);
    for (bool first = true;;) {
      const auto due = std::min_element(habits_.begin(), habits_.end());
      const bool habit = due != habits_.end() && due->first <= day;
      const double at = habit ? due->first : day;
      if (at >= shop_.options.days) return;
      const emptor::Day date = shop_.options.first_day + days{static_cast<int>(at)};
      const std::size_t again = habit ? due->second : none;
      if (habit) {
        habits_.erase(due);
      } else {
        day += random_.exponential(1 / person_.orders_a_day);
        if (!first && random_.uniform() * 1.4 > month_demand(date)) continue;  // by season
      }
      first = false;
      order(std::max(opening_hour(date), person_.joined), at, again);
      if (!habit && random_.bernoulli(person_.drop_out)) return;
    }
  }

 private:
  static std::size_t month_of(emptor::Day date) {
    return static_cast<unsigned>(std::chrono::year_month_day{date}.month()) - 1;
  }
  static double month_demand(emptor::Day date) {
    constexpr double demand[] = {.8, .8, .9, .95, .95, .9, .85, .85, 1, 1.1, 1.3, 1.4};
    return demand[month_of(date)];
  }
  Time opening_hour(emptor::Day date) {
    const double hour = std::clamp(random_.normal(15, 3.5), 7.0, 22.9);
    return Time{date} + seconds{static_cast<std::int64_t>(hour * 3600)};
  }

  /// Mostly the newest record that exists at the time; now and then an older one.
  std::size_t record_at(Time time) {
    std::size_t known = 1;
    while (known < records_.size() && shop_.records[records_[known]].joined <= time) ++known;
    return records_[random_.bernoulli(0.6) ? known - 1
                                           : random_.below(static_cast<std::uint32_t>(known))];
  }

  bool on_sale(std::size_t item, Time time) const { return shop_.items[item].launched <= time; }

  std::size_t choose_item(Time time) {
    if (random_.bernoulli(shop_.options.word_of_mouth)) {
      if (const auto seen = friends_item(time)) return *seen;
    }
    const std::size_t month = month_of(emptor::local_day(time));
    for (std::size_t i = 0; i < liking_.size(); ++i) {
      const double season = category_words[shop_.items[i].category].season[month];
      weights_[i] = on_sale(i, time) ? liking_[i] * season : 0;
    }
    return random_.categorical(weights_);
  }

  /// Something that a friend who was here before has bought by now.
  std::optional<std::size_t> friends_item(Time time) {
    if (person_.friends.empty()) return std::nullopt;
    const std::vector<Bought>& theirs = bought_[pick(random_, person_.friends)];
    if (theirs.empty()) return std::nullopt;
    const Bought& seen = pick(random_, theirs);
    const std::size_t month = month_of(emptor::local_day(time));
    const double season = category_words[shop_.items[seen.second].category].season[month];
    const bool in_season = random_.uniform() < season;
    return in_season && seen.first <= time ? std::optional(seen.second) : std::nullopt;
  }

  std::vector<std::size_t> fill_basket(Time time, std::size_t again) {
    std::size_t lines = 1;
    while (lines < 12 && random_.bernoulli(0.6)) ++lines;
    std::vector<std::size_t> basket;
    if (again != none) basket.push_back(again);
    while (basket.size() < lines) {
      std::size_t item = none;
      if (!basket.empty() && random_.bernoulli(shop_.options.together_share)) {
        item = shop_.items[basket.back()].companion;
      }
      if (item == none || !on_sale(item, time)) item = choose_item(time);
      if (std::find(basket.begin(), basket.end(), item) != basket.end()) {
        --lines;
        continue;
      }
      basket.push_back(item);
    }
    return basket;
  }

  /// What is used up will be ordered again, mostly; a habit once begun rarely ends.
  void plan_again(std::size_t item, double day, bool habit) {
    const double lasts = shop_.items[item].lasts_days;
    if (!(lasts > 0) || !random_.bernoulli(habit ? 0.85 : shop_.options.habit_share)) return;
    const bool planned = std::any_of(habits_.begin(), habits_.end(),
                                     [&](const auto& one) { return one.second == item; });
    if (!planned) habits_.emplace_back(day + lasts * std::exp(random_.normal(0, 0.25)), item);
  }

  void order(Time time, double day, std::size_t again) {
    const std::size_t record = record_at(time);
    const std::size_t home = shop_.records[record].channel;
    const std::size_t channel = random_.bernoulli(0.8) ? home : random_.bernoulli(0.5) ? web : app;
    const bool guest = channel == web && random_.bernoulli(0.05);
    const std::vector<std::size_t> basket = fill_basket(time, again);
    const std::string number = emptor::text(time.time_since_epoch().count(), '-', record);
    for (const std::size_t item : basket) {
      const std::int64_t quantity = 1 + random_.poisson(0.3);
      const std::int64_t price =
          random_.bernoulli(0.1) ? shop_.items[item].price * 8 / 10 : shop_.items[item].price;
      const auto buyer = guest ? std::nullopt : std::optional(record);
      shop_.lines.push_back({number, buyer, item, time, quantity, price, channel});
      if (!guest && random_.bernoulli(shop_.options.return_share)) {
        const Time back = time + days{3 + random_.below(18)};
        if (back < end_) {
          shop_.lines.push_back(
              {"R" + number, buyer, item, back,
               -1 - static_cast<std::int64_t>(random_.below(static_cast<std::uint32_t>(quantity))),
               price, channel});
        }
      }
      look(record, item, time);
      bought_[self_].emplace_back(time, item);
      plan_again(item, day, item == again);
    }
    for (int browse = 0; browse < 3; ++browse) look(record, choose_item(time), time);
  }

  void look(std::size_t record, std::size_t item, Time before) {
    if (random_.bernoulli(0.6)) {
      const Time time = before - seconds{60 + random_.below(86400)};
      if (time >= shop_.records[record].joined) shop_.views.push_back({record, item, time});
    }
  }

  Shop& shop_;
  std::vector<std::vector<Bought>>& bought_;  // by person
  std::size_t self_;
  const ShopPerson& person_;
  std::span<const std::size_t> records_;
  RandomStream random_;
  Time end_;
  std::vector<double> liking_;
  std::vector<double> weights_;
  std::vector<std::pair<double, std::size_t>> habits_;  // when, what
};

}  // namespace

void make_purchases(Shop& shop, const std::vector<std::vector<std::size_t>>& records_of) {
  std::vector<std::vector<Bought>> bought(shop.people.size());
  for (std::size_t p = 0; p < shop.people.size(); ++p) {
    Purchases(shop, p, records_of[p], bought).run();
  }
}

}  // namespace storefront
