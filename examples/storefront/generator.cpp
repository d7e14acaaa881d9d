#include "generator.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <string_view>
#include <utility>

#include "emptor/core/random.hpp"
#include "emptor/identity/generator.hpp"
#include "generated_voices.hpp"
#include "purchases.hpp"
#include "referral_touches.hpp"
#include "streams.hpp"
#include "words.hpp"

namespace storefront {
namespace {

using emptor::IdentityChannel;
using emptor::RandomStream;
using emptor::Time;
using std::chrono::days;
using std::chrono::seconds;

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
  emptor::require_option(options.records_per_person >= 1 && options.records_per_person <= 50,
                         "records_per_person", "in [1, 50]", options.records_per_person);
  share(options.referred_share, "referred_share");
  emptor::require_option(options.friends_found >= 0 && options.friends_found <= 50, "friends_found",
                         "in [0, 50]", options.friends_found);
  share(options.word_of_mouth, "word_of_mouth");
  share(options.together_share, "together_share");
  share(options.habit_share, "habit_share");
  share(options.late_share, "late_share");
  share(options.return_share, "return_share");
  share(options.flaw_share, "flaw_share");
}

/// An item of the category that goes with this one; any, where the shop has none of that.
std::size_t companion_of(const ShopOptions& options, std::size_t item, RandomStream& random) {
  const std::size_t kinds = category_words.size();
  const std::size_t category = category_words[item % kinds].goes_with;
  if (category >= options.items) {
    return random.below(static_cast<std::uint32_t>(options.items));
  }
  const std::size_t in_it = (options.items - category - 1) / kinds + 1;
  return category + kinds * random.below(static_cast<std::uint32_t>(in_it));
}

void make_items(Shop& shop) {
  for (std::size_t i = 0; i < shop.options.items; ++i) {
    RandomStream random = stream_of(shop.options, Kind::item, i);
    const std::size_t category = i % category_words.size();
    const CategoryWords& words = category_words[category];
    const std::size_t kind = i / category_words.size();
    const std::string_view good = words.goods[kind % words.goods.size()];
    const std::size_t version = kind / words.goods.size();
    ShopItem item;
    item.key = numbered("P", i + 1, 4);
    item.style = (version + i) % adjectives.size();
    item.name = emptor::text(adjectives[item.style], ' ', good);
    if (version >= adjectives.size()) {
      item.name += emptor::text(" No. ", version / adjectives.size() + 1);
    }
    item.category = category;
    const double raw = words.price * std::exp(random.normal(0, 0.6));
    const std::int64_t price =
        std::max<std::int64_t>(1, static_cast<std::int64_t>(raw / 50) * 50 - 1);  // …,49 and …,99
    item.price = std::max<std::int64_t>(price, 99);
    item.appeal = std::exp(random.normal(0, 0.9));
    item.companion = companion_of(shop.options, i, random);
    item.lasts_days = words.used_up_days * std::exp(random.normal(0, 0.3));
    const bool late = random.bernoulli(shop.options.late_share) && i > 0;
    const double launch = late ? random.uniform(0.2, 0.95) * shop.options.days : 0;
    item.launched =
        Time{shop.options.first_day} + seconds{static_cast<std::int64_t>(launch * 86400)};
    shop.items.push_back(std::move(item));
  }
}

/// Sign-ups come faster as the shop grows: the k-th of n joins where k/n of the growth is reached.
Time joining_time(const ShopOptions& options, std::size_t person, RandomStream& random) {
  const double share =
      (static_cast<double>(person) + random.uniform()) / static_cast<double>(options.people);
  const double day = std::pow(share, 0.75) * 0.97 * options.days;
  return Time{options.first_day} + seconds{static_cast<std::int64_t>(day * 86400)};
}

double likeness(const std::vector<double>& a, const std::vector<double>& b) {
  double both = 0;
  double own = 0;
  double other = 0;
  for (std::size_t c = 0; c < a.size(); ++c) {
    both += a[c] * b[c];
    own += a[c] * a[c];
    other += b[c] * b[c];
  }
  return both / std::sqrt(own * other);
}

/// Friends among those who were there before: of some people met, the one of most like taste.
void find_friends(Shop& shop, std::size_t p, RandomStream& random) {
  constexpr int met = 8;
  ShopPerson& person = shop.people[p];
  if (person.referred_by) person.friends.push_back(*person.referred_by);
  if (p == 0 || shop.options.friends_found == 0) return;
  const std::int64_t wanted = random.poisson(shop.options.friends_found);
  for (std::int64_t f = 0; f < wanted; ++f) {
    std::size_t nearest = 0;
    double most = -1;
    for (int m = 0; m < met; ++m) {
      const std::size_t other = random.below(static_cast<std::uint32_t>(p));
      const double alike = likeness(person.taste, shop.people[other].taste);
      if (alike > most) {
        most = alike;
        nearest = other;
      }
    }
    person.friends.push_back(nearest);
  }
  std::sort(person.friends.begin(), person.friends.end());
  person.friends.erase(std::unique(person.friends.begin(), person.friends.end()),
                       person.friends.end());
}

/// Until here everybody knows their earlier friends only.
void make_mutual(Shop& shop) {
  for (std::size_t p = 0; p < shop.people.size(); ++p) {
    const std::vector<std::size_t> earlier = shop.people[p].friends;
    for (const std::size_t other : earlier) {
      if (other < p) shop.people[other].friends.push_back(p);
    }
  }
}

void make_people(Shop& shop) {
  for (std::size_t p = 0; p < shop.options.people; ++p) {
    RandomStream random = stream_of(shop.options, Kind::person, p);
    ShopPerson person;
    person.joined = joining_time(shop.options, p, random);
    double sum = 0;
    for (std::size_t c = 0; c < category_words.size(); ++c) {
      person.taste.push_back(random.gamma(0.35) + 0.01);
      sum += person.taste.back();
    }
    for (double& taste : person.taste) taste /= sum;
    for (std::size_t s = 0; s < adjectives.size(); ++s) {
      person.styles.push_back(std::exp(random.normal(0, 0.8)));
    }
    person.price_level = random.normal(std::log(1800.0), 0.5);
    person.orders_a_day = random.gamma(0.9, 0.03);
    person.drop_out = random.beta(0.8, 4);
    if (p > 0 && random.bernoulli(shop.options.referred_share)) {
      const std::size_t friend_of = random.below(static_cast<std::uint32_t>(p));
      person.referred_by = friend_of;  // both share half of their taste
      for (std::size_t c = 0; c < person.taste.size(); ++c) {
        person.taste[c] = (person.taste[c] + shop.people[friend_of].taste[c]) / 2;
      }
    }
    shop.people.push_back(std::move(person));
    find_friends(shop, p, random);
  }
  make_mutual(shop);
}

/// The English name of a country that records give as a name or as a code.
std::string_view country_name(std::string_view written) {
  constexpr std::pair<std::string_view, std::string_view> codes[] = {
      {"CN", "China"},  {"中国", "China"},        {"DE", "Germany"},
      {"FR", "France"}, {"GB", "United Kingdom"}, {"US", "United States"}};
  for (const auto& [code, country] : codes) {
    if (written == code) return country;
  }
  return written;
}

/// Of each household, from the first record of it that says so; its members live in one country.
void find_countries(Shop& shop, const emptor::GeneratedIdentities& made) {
  const std::size_t column = made.records.find_column("country").value();
  std::vector<std::string_view> of_household(shop.people.size());
  for (std::size_t r = 0; r < made.person.size(); ++r) {
    shop.people[made.person[r]].household = made.household[r];
    std::string_view& country = of_household[made.household[r]];
    if (!country.empty()) continue;
    country = country_name(made.records.value(emptor::id_at<emptor::Record>(r), column));
  }
  for (ShopPerson& person : shop.people) person.country = of_household[person.household];
}

/// The identities' records in order of joining: a person's first one is when the person joined, the
/// others keep their places between that and the end. Numbered by that order.
void make_records(Shop& shop) {
  const emptor::GeneratedIdentities made =
      emptor::generate_identities({.seed = shop.options.seed,
                                   .persons = shop.people.size(),
                                   .records_per_person = shop.options.records_per_person,
                                   .days = static_cast<std::size_t>(shop.options.days),
                                   .by_time = false});
  const Time made_begin = Time{emptor::Day{days{18993}}};  // the identities' first day: 2022-01-01
  const Time made_end = made_begin + days{shop.options.days};
  const Time end = Time{shop.options.first_day} + days{shop.options.days};
  struct Row {
    Time joined;
    std::size_t made;
  };
  std::vector<Row> rows;
  for (std::size_t r = 0, first = 0; r < made.person.size(); ++r) {
    if (made.person[r] != made.person[first]) first = r;
    const Time joined = shop.people[made.person[r]].joined;
    const std::chrono::duration<double> since = made.time[r] - made.time[first];
    const double share = since / std::chrono::duration<double>(made_end - made.time[first]);
    const auto later = share * std::chrono::duration<double>(end - joined);
    rows.push_back({joined + std::chrono::floor<seconds>(later), r});
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Row& a, const Row& b) { return a.joined < b.joined; });

  std::vector<std::string> columns(made.records.columns().begin(), made.records.columns().end());
  const std::size_t key_column = made.records.find_column("record_key").value();
  const std::size_t time_column = made.records.find_column("time").value();
  columns[key_column] = "customer";
  shop.details = emptor::Records(columns);
  std::vector<std::string_view> values(columns.size());
  for (const Row& row : rows) {
    const std::string key = numbered("C", shop.records.size() + 1, 5);
    const std::string time = emptor::to_string(row.joined);
    for (std::size_t c = 0; c < columns.size(); ++c) {
      values[c] = c == key_column ? std::string_view(key)
                  : c == time_column
                      ? std::string_view(time)
                      : made.records.value(emptor::id_at<emptor::Record>(row.made), c);
    }
    (void)shop.details.add(values).value();
    shop.records.push_back({.key = key,
                            .person = made.person[row.made],
                            .channel = static_cast<std::size_t>(made.channel[row.made]),
                            .joined = row.joined});
  }
  find_countries(shop, made);
}

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
  for (const auto channel : {IdentityChannel::web, IdentityChannel::app, IdentityChannel::shop,
                             IdentityChannel::social, IdentityChannel::call}) {
    shop.channels.emplace_back(name(channel));
  }
  make_items(shop);
  make_people(shop);
  make_records(shop);
  std::vector<std::vector<std::size_t>> records_of(shop.people.size());
  for (std::size_t r = 0; r < shop.records.size(); ++r) {
    records_of[shop.records[r].person].push_back(r);
  }
  make_purchases(shop, records_of);
  number_orders(shop);
  std::stable_sort(shop.views.begin(), shop.views.end(),
                   [](const ShopView& a, const ShopView& b) { return a.time < b.time; });
  make_touches(shop, records_of);
  make_voices(shop);
  return shop;
}

}  // namespace storefront
