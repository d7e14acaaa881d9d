#include "generator.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <string_view>
#include <utility>

#include "emptor/core/random.hpp"
#include "words.hpp"

namespace storefront {
namespace {

using emptor::RandomStream;
using emptor::Time;
using std::chrono::days;
using std::chrono::seconds;

constexpr std::size_t web = 0;
constexpr std::size_t app = 1;
constexpr std::size_t counter = 2;

/// Every thing draws from a stream of its own, so that more people leave the goods as they were.
enum class Kind : std::uint64_t { item = 1, person, record, purchases };

RandomStream stream_of(const ShopOptions& options, Kind kind, std::size_t index) {
  return RandomStream(options.seed, static_cast<std::uint64_t>(kind) << 40 | index);
}

template <class Container>
const auto& pick(RandomStream& random, const Container& from) {
  return from[random.below(static_cast<std::uint32_t>(from.size()))];
}

std::string numbered(std::string_view prefix, std::size_t number, int width) {
  std::string out(prefix);
  emptor::detail::append_padded(out, static_cast<std::int64_t>(number), width);
  return out;
}

void check(const ShopOptions& options) {
  emptor::require_option(options.people >= 1, "people", ">= 1", options.people);
  emptor::require_option(options.items >= 1, "items", ">= 1", options.items);
  emptor::require_option(options.days >= 1, "days", ">= 1", options.days);
  const auto share = [](double value, std::string_view name) {
    emptor::require_option(value >= 0 && value <= 1, name, "in [0, 1]", value);
  };
  share(options.duplicate_share, "duplicate_share");
  share(options.referred_share, "referred_share");
  share(options.return_share, "return_share");
  share(options.flaw_share, "flaw_share");
}

void make_items(Shop& shop) {
  for (std::size_t i = 0; i < shop.options.items; ++i) {
    RandomStream random = stream_of(shop.options, Kind::item, i);
    const std::size_t category = i % category_words.size();
    const CategoryWords& words = category_words[category];
    const std::size_t kind = i / category_words.size();
    const std::string_view good = words.goods[kind % words.goods.size()];
    const std::size_t style = kind / words.goods.size();
    std::string name = emptor::text(adjectives[(style + i) % adjectives.size()], ' ', good);
    if (style >= adjectives.size()) name += emptor::text(" No. ", style / adjectives.size() + 1);
    const double raw = words.price * std::exp(random.normal(0, 0.6));
    const std::int64_t price =
        std::max<std::int64_t>(1, static_cast<std::int64_t>(raw / 50) * 50 - 1);  // …,49 and …,99
    shop.items.push_back(
        {.key = numbered("P", i + 1, 4),
         .name = std::move(name),
         .category = category,
         .price = std::max<std::int64_t>(price, 99),
         .appeal = std::exp(random.normal(0, 1.2)),
         .companion = random.below(static_cast<std::uint32_t>(shop.options.items))});
  }
}

/// Sign-ups come faster as the shop grows: the k-th of n joins where k/n of the growth is reached.
Time joining_time(const ShopOptions& options, std::size_t person, RandomStream& random) {
  const double share =
      (static_cast<double>(person) + random.uniform()) / static_cast<double>(options.people);
  const double day = std::pow(share, 0.75) * 0.97 * options.days;
  return Time{options.first_day} + seconds{static_cast<std::int64_t>(day * 86400)};
}

std::string ascii_lower(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c >= 'A' && c <= 'Z') out += static_cast<char>(c - 'A' + 'a');
    if (c >= 'a' && c <= 'z') out += c;
  }
  return out;
}

void make_people(Shop& shop) {
  std::vector<double> place_weights;
  place_weights.reserve(places.size());
  for (const Place& place : places) place_weights.push_back(place.weight);
  for (std::size_t p = 0; p < shop.options.people; ++p) {
    RandomStream random = stream_of(shop.options, Kind::person, p);
    const Place& place = places[random.categorical(place_weights)];
    ShopPerson person;
    person.given = pick(random, given_names);
    person.family = pick(random, family_names);
    person.email = emptor::text(ascii_lower(person.given), '.', ascii_lower(person.family),
                                random.below(900) + 100,
                                random.bernoulli(0.6) ? "@example.com" : "@example.org");
    person.phone =
        emptor::text(place.dial, ' ', 100 + random.below(900), ' ', 100000 + random.below(900000));
    person.city = place.city;
    person.country = place.country;
    person.postcode = emptor::text(10000 + random.below(80000));
    person.joined = joining_time(shop.options, p, random);
    double sum = 0;
    for (std::size_t c = 0; c < category_words.size(); ++c) {
      person.taste.push_back(random.gamma(0.35) + 0.01);
      sum += person.taste.back();
    }
    for (double& taste : person.taste) taste /= sum;
    person.price_level = random.normal(std::log(1800.0), 0.5);
    person.orders_a_day = random.gamma(0.9, 0.03);
    person.drop_out = random.beta(0.8, 4);
    if (p > 0 && random.bernoulli(shop.options.referred_share)) {
      const std::size_t friend_of = random.below(static_cast<std::uint32_t>(p));
      person.referred_by = friend_of;  // friends share half of their taste
      for (std::size_t c = 0; c < person.taste.size(); ++c) {
        person.taste[c] = (person.taste[c] + shop.people[friend_of].taste[c]) / 2;
      }
    }
    shop.people.push_back(std::move(person));
  }
}

/// Swaps, drops or doubles one letter, as fingers do.
void add_typo(std::string& text, RandomStream& random) {
  if (text.size() < 4) return;
  const std::size_t at = 1 + random.below(static_cast<std::uint32_t>(text.size() - 2));
  const auto plain = [&](std::size_t i) { return static_cast<unsigned char>(text[i]) < 0x80; };
  if (!plain(at) || !plain(at + 1)) return;  // keep UTF-8 whole
  switch (random.below(3)) {
    case 0:
      std::swap(text[at], text[at + 1]);
      break;
    case 1:
      text.erase(at, 1);
      break;
    default:
      text.insert(at, 1, text[at]);
      break;
  }
}

ShopRecord record_of(const ShopPerson& person, std::size_t index, std::size_t channel,
                     Time joined) {
  return {.key = {},
          .person = index,
          .channel = channel,
          .joined = joined,
          .name = emptor::text(person.given, ' ', person.family),
          .email = person.email,
          .phone = person.phone,
          .city = person.city,
          .postcode = person.postcode,
          .country = person.country};
}

void spoil(ShopRecord& record, const ShopPerson& person, RandomStream& random) {
  if (random.bernoulli(0.3)) add_typo(record.name, random);
  if (random.bernoulli(0.25)) record.name = emptor::text(person.family, ", ", person.given);
  if (random.bernoulli(0.2)) {
    record.name = emptor::text(person.given.substr(0, 1), ". ", person.family);
  }
  if (random.bernoulli(0.35)) record.email.clear();
  if (!record.email.empty() && random.bernoulli(0.2)) {
    std::transform(record.email.begin(), record.email.end(), record.email.begin(), [](char c) {
      return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
  }
  if (random.bernoulli(0.3)) record.phone.clear();
  if (!record.phone.empty() && random.bernoulli(0.4)) {
    record.phone.erase(std::remove(record.phone.begin(), record.phone.end(), ' '),
                       record.phone.end());
  }
  if (random.bernoulli(0.15)) record.city.clear();
}

/// The first record of each person, then the later ones; numbered by time of joining.
void make_records(Shop& shop) {
  const Time end = Time{shop.options.first_day} + days{shop.options.days};
  constexpr double channel_weights[] = {0.5, 0.25, 0.18, 0.07};
  for (std::size_t p = 0; p < shop.people.size(); ++p) {
    RandomStream random = stream_of(shop.options, Kind::record, p);
    const ShopPerson& person = shop.people[p];
    const std::size_t first = random.categorical(channel_weights);
    shop.records.push_back(record_of(person, p, first, person.joined));
    if (first == counter && random.bernoulli(0.5)) shop.records.back().email.clear();
    for (int again = 0; again < 2 && random.bernoulli(shop.options.duplicate_share); ++again) {
      const auto later = seconds{static_cast<std::int64_t>(random.exponential(120.0 * 86400))};
      if (person.joined + later >= end) break;
      shop.records.push_back(
          record_of(person, p, random.categorical(channel_weights), person.joined + later));
      spoil(shop.records.back(), person, random);
    }
  }
  std::stable_sort(shop.records.begin(), shop.records.end(),
                   [](const ShopRecord& a, const ShopRecord& b) { return a.joined < b.joined; });
  for (std::size_t r = 0; r < shop.records.size(); ++r) {
    shop.records[r].key = numbered("C", r + 1, 5);
  }
}

/// What one person buys, views and sends back, from joining until leaving or the end.
class Purchases {
 public:
  Purchases(Shop& shop, std::size_t person, std::span<const std::size_t> records)
      : shop_(shop),
        person_(shop.people[person]),
        records_(records),
        random_(stream_of(shop.options, Kind::purchases, person)),
        end_(Time{shop.options.first_day} + days{shop.options.days}) {
    for (const ShopItem& item : shop.items) {
      const double misfit = (std::log(static_cast<double>(item.price)) - person_.price_level) / 0.8;
      liking_.push_back(item.appeal * person_.taste[item.category] *
                        std::exp(-0.5 * misfit * misfit));
    }
    weights_.resize(liking_.size());
  }

  void run() {
    double day =
        std::chrono::duration<double, days::period>(person_.joined - Time{shop_.options.first_day})
            .count();
    for (bool first = true;; first = false) {
      day += first ? random_.exponential(2) : random_.exponential(1 / person_.orders_a_day);
      if (day >= shop_.options.days) return;
      const emptor::Day date = shop_.options.first_day + days{static_cast<int>(day)};
      if (!first && random_.uniform() * 1.4 > month_demand(date)) continue;  // thinned by season
      order(std::max(opening_hour(date), person_.joined));
      if (random_.bernoulli(person_.drop_out)) return;
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

  std::size_t choose_item(Time time) {
    const std::size_t month = month_of(emptor::local_day(time));
    for (std::size_t i = 0; i < liking_.size(); ++i) {
      weights_[i] = liking_[i] * category_words[shop_.items[i].category].season[month];
    }
    return random_.categorical(weights_);
  }

  void order(Time time) {
    const std::size_t record = record_at(time);
    const std::size_t home = shop_.records[record].channel;
    const std::size_t channel = random_.bernoulli(0.8) ? home : random_.bernoulli(0.5) ? web : app;
    const bool guest = channel == web && random_.bernoulli(0.05);
    std::size_t lines = 1;
    while (lines < 12 && random_.bernoulli(0.6)) ++lines;
    std::vector<std::size_t> basket;
    while (basket.size() < lines) {
      const std::size_t item = !basket.empty() && random_.bernoulli(0.3)
                                   ? shop_.items[basket.back()].companion
                                   : choose_item(time);
      if (std::find(basket.begin(), basket.end(), item) != basket.end()) {
        --lines;
        continue;
      }
      basket.push_back(item);
    }
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
  const ShopPerson& person_;
  std::span<const std::size_t> records_;
  RandomStream random_;
  Time end_;
  std::vector<double> liking_;
  std::vector<double> weights_;
};

/// Order numbers as a shop gives them: ascending in time; a return names the order it undoes.
void number_orders(Shop& shop) {
  std::stable_sort(shop.lines.begin(), shop.lines.end(),
                   [](const ShopOrderLine& a, const ShopOrderLine& b) { return a.time < b.time; });
  std::vector<std::pair<std::string, std::string>> names;  // of the raw numbers, sorted later
  std::string last;
  for (const ShopOrderLine& line : shop.lines) {
    if (line.quantity < 0 || line.order == last) continue;
    last = line.order;
    names.emplace_back(line.order, std::string{});
  }
  for (std::size_t i = 0; i < names.size(); ++i) names[i].second = numbered("", 100001 + i, 6);
  std::stable_sort(names.begin(), names.end());
  for (ShopOrderLine& line : shop.lines) {
    const bool back = line.quantity < 0;
    const std::string raw = back ? line.order.substr(1) : line.order;
    const auto at = std::lower_bound(
        names.begin(), names.end(), raw,
        [](const auto& entry, const std::string& key) { return entry.first < key; });
    line.order = (back ? "R" : "") + at->second;
  }
}

}  // namespace

Shop generate_shop(const ShopOptions& options) {
  check(options);
  Shop shop;
  shop.options = options;
  for (const CategoryWords& words : category_words) shop.categories.emplace_back(words.name);
  shop.channels = {"web", "app", "shop", "phone"};
  make_items(shop);
  make_people(shop);
  make_records(shop);
  std::vector<std::vector<std::size_t>> records_of(shop.people.size());
  for (std::size_t r = 0; r < shop.records.size(); ++r) {
    records_of[shop.records[r].person].push_back(r);
  }
  for (std::size_t p = 0; p < shop.people.size(); ++p) Purchases(shop, p, records_of[p]).run();
  number_orders(shop);
  std::stable_sort(shop.views.begin(), shop.views.end(),
                   [](const ShopView& a, const ShopView& b) { return a.time < b.time; });
  return shop;
}

}  // namespace storefront
