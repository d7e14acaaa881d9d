#include "generator.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "emptor/core/error.hpp"

namespace generate {
namespace {

using emptor::RandomStream;
using emptor::require_option;

constexpr std::int64_t begin_time = 1704067200;  // 2024-01-01
constexpr std::int64_t day_seconds = 86400;

// What one number of the seed's streams is for; customers take two streams each.
constexpr std::uint64_t item_salt = 0x6974656d;
constexpr std::uint64_t friend_salt = 0x667269656e64;

void check(const GeneratorOptions& o) {
  constexpr std::size_t most = 0xfffffffeU;
  const auto share = [](double value, std::string_view name, double top) {
    require_option(value >= 0 && value <= top, name, emptor::text("in 0 to ", top), value);
  };
  require_option(o.customers >= 1 && o.customers <= most, "customers", "in 1 to 4294967294",
                 o.customers);
  require_option(o.items >= 4 && o.items <= most, "items", "in 4 to 4294967294", o.items);
  require_option(o.interactions >= 1, "interactions", "at least 1", o.interactions);
  require_option(o.clusters <= o.items / 2, "clusters", "at most half of the items", o.clusters);
  require_option(o.days >= 1 && o.days <= 36500, "days", "in 1 to 36500", o.days);
  share(o.skew, "skew", 3);
  share(o.spread, "spread", 3);
  share(o.taste, "taste", 1);
  share(o.sequence, "sequence", 1);
  share(o.drift, "drift", 1);
}

}  // namespace

Generator::Generator(const GeneratorOptions& options) : options_(options) {
  check(options_);
  const std::size_t n = options_.items;
  if (options_.clusters == 0) {
    const auto root = static_cast<std::size_t>(std::sqrt(static_cast<double>(n)) / 2);
    options_.clusters = std::max<std::size_t>(root, 1);
  }
  std::vector<std::uint32_t> by_rank(n);
  std::iota(by_rank.begin(), by_rank.end(), 0U);
  RandomStream random(options_.seed ^ item_salt);
  random.shuffle(std::span(by_rank));
  cluster_.resize(n);
  season_.resize(n);
  for (std::size_t i = 0; i < n; ++i) {
    cluster_[i] = random.below(static_cast<std::uint32_t>(options_.clusters));
    season_[i] = static_cast<float>(random.uniform());
  }
  starts_.assign(options_.clusters + 1, 0);
  for (const std::uint32_t cluster : cluster_) ++starts_[cluster + 1];
  std::partial_sum(starts_.begin(), starts_.end(), starts_.begin());
  by_cluster_.resize(n);
  place_.resize(n);
  cumulative_.resize(n);
  std::vector<std::size_t> next(starts_.begin(), starts_.end() - 1);
  for (std::size_t rank = 0; rank < n; ++rank) {
    const std::size_t place = next[cluster_[by_rank[rank]]]++;
    by_cluster_[place] = by_rank[rank];
    place_[by_rank[rank]] = static_cast<std::uint32_t>(place);
    cumulative_[place] = std::pow(static_cast<double>(rank + 1), -options_.skew);
  }
  std::partial_sum(cumulative_.begin(), cumulative_.end(), cumulative_.begin());
  taken_.assign(n, 0);
}

std::size_t Generator::run(const Sink& sink) {
  const std::size_t m = options_.customers;
  const std::size_t most = options_.items / 2;
  double total = 0;
  for (std::size_t c = 0; c < m; ++c) total += activity(static_cast<std::uint32_t>(c));
  // Everybody has a few; the others are shared out by activity, to the last one.
  const std::size_t everybody = std::min<std::size_t>(options_.interactions / m, 3);
  const auto shared = static_cast<double>(options_.interactions - everybody * m);
  double sum = 0;
  std::size_t given = 0;
  std::size_t left = 0;  // what would be too much for one goes to the next
  std::size_t made = 0;
  for (std::size_t c = 0; c < m; ++c) {
    sum += activity(static_cast<std::uint32_t>(c));
    const double up_to = c + 1 == m ? shared : std::floor(shared * std::min(1.0, sum / total));
    const std::size_t own = static_cast<std::size_t>(up_to) - given;
    given += own;
    const std::size_t count = std::min(everybody + own + left, most);
    left += everybody + own - count;
    draw_events(static_cast<std::uint32_t>(c), count);
    made += events_.size();
    sink(static_cast<std::uint32_t>(c), events_);
  }
  return made;
}

std::uint32_t Generator::taste_of(std::uint32_t customer) const {
  RandomStream random(options_.seed, 2 * std::uint64_t{customer} + 1);
  return draw_taste(random).clusters[0];
}

std::vector<std::uint32_t> Generator::friends_of(std::uint32_t customer, std::size_t most) const {
  const auto m = static_cast<std::uint32_t>(options_.customers);
  const std::uint32_t taste = taste_of(customer);
  RandomStream random(options_.seed ^ friend_salt, customer);
  std::vector<std::uint32_t> out;
  const std::size_t wanted = random.below(static_cast<std::uint32_t>(most) + 1);
  for (std::size_t i = 0; i < wanted; ++i) {
    std::uint32_t other = random.below(m);
    // Somebody alike is looked for among some; whoever comes last is taken.
    for (int tries = 0; tries < 40 && taste_of(other) != taste; ++tries) other = random.below(m);
    if (other != customer) out.push_back(other);
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

double Generator::activity(std::uint32_t customer) const {
  RandomStream random(options_.seed, 2 * std::uint64_t{customer});
  return std::exp(options_.spread * random.normal());
}

std::uint32_t Generator::draw_cluster(RandomStream& random) const {
  return cluster_[draw_item(random, 0, by_cluster_.size())];
}

/// An item of the places [first, last), by popularity.
std::uint32_t Generator::draw_item(RandomStream& random, std::size_t first,
                                   std::size_t last) const {
  const double low = first == 0 ? 0 : cumulative_[first - 1];
  const double at = random.uniform(low, cumulative_[last - 1]);
  const auto begin = cumulative_.begin();
  const auto found = std::upper_bound(begin + static_cast<std::ptrdiff_t>(first),
                                      begin + static_cast<std::ptrdiff_t>(last - 1), at);
  return by_cluster_[static_cast<std::size_t>(found - begin)];
}

Generator::Taste Generator::draw_taste(RandomStream& random) const {
  Taste taste{};
  for (std::uint32_t& cluster : taste.clusters) cluster = draw_cluster(random);
  taste.later = random.bernoulli(options_.drift) ? draw_cluster(random) : taste.clusters[0];
  taste.change =
      begin_time + static_cast<std::int64_t>(random.uniform() * static_cast<double>(options_.days) *
                                             static_cast<double>(day_seconds));
  return taste;
}

/// Sessions of some four events, minutes apart, at random moments of the span.
void Generator::draw_times(RandomStream& random, std::size_t count) {
  events_.assign(count, {});
  const auto span = static_cast<double>(options_.days) * static_cast<double>(day_seconds);
  std::vector<std::int64_t> starts((count + 3) / 4);
  for (std::int64_t& start : starts) {
    start = begin_time + static_cast<std::int64_t>(random.uniform() * span);
  }
  std::sort(starts.begin(), starts.end());
  std::int64_t time = 0;
  for (std::size_t e = 0; e < count; ++e) {
    time = std::max(time + 30 + random.below(300), e % 4 == 0 ? starts[e / 4] : 0);
    events_[e].time = time;
    events_[e].order = static_cast<std::uint32_t>(e / 4);
  }
}

void Generator::draw_events(std::uint32_t customer, std::size_t count) {
  RandomStream random(options_.seed, 2 * std::uint64_t{customer} + 1);
  const Taste taste = draw_taste(random);
  const double mildness = random.normal(0, 0.4);
  draw_times(random, count);
  const auto year = static_cast<double>(365 * day_seconds);
  std::uint32_t before = 0;
  for (std::size_t e = 0; e < count; ++e) {
    GeneratedEvent& event = events_[e];
    std::uint32_t clusters[3] = {taste.clusters[0], taste.clusters[1], taste.clusters[2]};
    if (event.time >= taste.change) clusters[0] = taste.later;
    std::uint32_t item = 0;
    bool found = false;
    for (int tries = 0; tries < 64 && !found; ++tries) {
      if (e > 0 && random.bernoulli(options_.sequence)) {
        const std::uint32_t cluster = cluster_[before];
        const std::size_t size = starts_[cluster + 1] - starts_[cluster];
        const std::size_t ahead = random.bernoulli(0.7) ? 1 : 2;
        const std::size_t own = place_[before] - starts_[cluster];
        item = by_cluster_[starts_[cluster] + (own + ahead) % size];
      } else if (random.bernoulli(options_.taste)) {
        const double which = random.uniform();
        const std::uint32_t cluster = clusters[which < 0.6 ? 0 : which < 0.9 ? 1 : 2];
        item = draw_item(random, starts_[cluster], starts_[cluster + 1]);
      } else {
        item = draw_item(random, 0, by_cluster_.size());
      }
      const double when =
          static_cast<double>(event.time - begin_time) / year - static_cast<double>(season_[item]);
      const double demand = 1 + options_.drift * std::cos(2 * std::numbers::pi * when);
      found = taken_[item] == 0 && random.bernoulli(demand / (1 + options_.drift));
    }
    while (taken_[item] != 0) item = item + 1 == taken_.size() ? 0 : item + 1;
    taken_[item] = 1;
    event.item = before = item;
    const bool liked = std::find(clusters, clusters + 3, cluster_[item]) != clusters + 3;
    const double opinion = (liked ? 4.1 : 3) + mildness + random.normal(0, 0.7);
    event.rating = static_cast<std::uint8_t>(std::clamp(std::lround(opinion), 1L, 5L));
  }
  for (const GeneratedEvent& event : events_) taken_[event.item] = 0;
}

}  // namespace generate
