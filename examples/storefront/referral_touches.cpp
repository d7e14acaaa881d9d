#include "referral_touches.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "streams.hpp"

namespace storefront {
namespace {

using emptor::RandomStream;
using emptor::Time;
using std::chrono::seconds;
using Records = std::vector<std::vector<std::size_t>>;

struct TouchChannel {
  std::string_view name;
  double chosen;       // up to this draw
  double idle_clicks;  // of a share, by people who never come back
};
constexpr TouchChannel channels[] = {
    {"chat", 0.4, 0.5}, {"email", 0.6, 0.9}, {"social", 0.85, 2.5}, {"parcel", 1.0, 0.2}};

std::size_t channel_of(RandomStream& random) {
  const double draw = random.uniform();
  std::size_t c = 0;
  while (draw >= channels[c].chosen && c + 1 < std::size(channels)) ++c;
  return c;
}

seconds days_of(double days) {
  return seconds{static_cast<std::int64_t>(days * 86'400)};
}

std::string device_of(std::size_t number) {
  return emptor::text("dev-", 70'000'000 + 7'919 * number);
}

class Touches {
 public:
  Touches(Shop& shop, const Records& records) : shop_(shop), records_(records) {}

  /// Codes given away by everybody, and clicks that lead to nothing.
  void add_shares() {
    const Time end = Time{shop_.options.first_day} + std::chrono::days{shop_.options.days};
    for (std::size_t p = 0; p < shop_.people.size(); ++p) {
      RandomStream random = stream_of(shop_.options, Kind::touches, p);
      const std::int64_t shares = random.poisson(0.5);
      for (std::int64_t s = 0; s < shares; ++s) {
        const Time joined = shop_.people[p].joined;
        const Time when =
            joined + days_of(std::fmin(random.gamma(0.7, 60), 0.9 * days_between(joined, end)));
        const std::size_t channel = channel_of(random);
        share(when, channel, p);
        const std::int64_t clicks = random.poisson(channels[channel].idle_clicks);
        for (std::int64_t c = 0; c < clicks; ++c) {
          const Time click = when + days_of(random.gamma(0.8, 3));
          if (click < end) add_click(click, channel, p, new_visitor(), {});
        }
      }
    }
  }

  /// Those who were brought: share, mostly a click, and a claim when they sign up.
  void add_referrals() {
    for (std::size_t p = 0; p < shop_.people.size(); ++p) {
      const ShopPerson& person = shop_.people[p];
      if (!person.referred_by) continue;
      RandomStream random = stream_of(shop_.options, Kind::touches, shop_.people.size() + p);
      const std::size_t by = *person.referred_by;
      const std::size_t channel = channel_of(random);
      const double room = days_between(shop_.people[by].joined, person.joined);
      const Time shared = person.joined - days_of(std::fmin(0.02 + random.gamma(0.9, 4), room));
      share(shared, channel, by);
      const bool link = random.bernoulli(0.7);
      const std::string visitor = link ? new_visitor() : std::string();
      const Time clicked = shared + days_of(random.uniform() * days_between(shared, person.joined));
      if (link) add_click(clicked, channel, by, visitor, device_of(p));
      // Some look at another friend's link, too; who came first keeps them.
      if (link && random.bernoulli(0.1)) {
        const std::size_t other = random.below(static_cast<std::uint32_t>(p));
        const Time later =
            clicked + days_of(random.uniform() * days_between(clicked, person.joined));
        add_click(later, channel, other, visitor, device_of(p));
      }
      claim(person.joined, channel, link, by, records_[p].front(), visitor, device_of(p),
            random.bernoulli(0.02), ShopTouch::Trick::none);
    }
  }

  /// One in 40 with several records brings itself; a ring on one device; a burst.
  void add_tricks() {
    RandomStream random = stream_of(shop_.options, Kind::tricks, 0);
    for (std::size_t p = 0; p < shop_.people.size(); ++p) {
      if (records_[p].size() < 2 || !random.bernoulli(0.025)) continue;
      const std::size_t second = records_[p][1];
      const Time when = shop_.records[second].joined;
      share(when - seconds{600}, 0, p);
      claim(when, 0, false, p, second, {}, device_of(p), false, ShopTouch::Trick::self);
    }
    const std::size_t n = shop_.people.size();
    add_gang(n / 5, 8, ShopTouch::Trick::ring);
    add_gang(n / 2, 12, ShopTouch::Trick::burst);
    // Lately, pairs on one device: a family, or one person with two names.
    for (std::size_t pair = 1; pair <= 12; ++pair) {
      add_gang(n - n * pair / 200, 1, ShopTouch::Trick::ring);
    }
  }

 private:
  static double days_between(Time from, Time to) {
    return std::fmax(0, std::chrono::duration<double>(to - from).count() / 86'400);
  }
  std::string new_visitor() { return emptor::text('V', ++visitors_); }

  void share(Time time, std::size_t channel, std::size_t person) {
    add({.time = time,
         .kind = ShopTouch::Kind::share,
         .channel = channel,
         .link = true,
         .referrer = records_[person].front()});
  }
  void add_click(Time time, std::size_t channel, std::size_t person, std::string visitor,
                 std::string device) {
    add({.time = time,
         .kind = ShopTouch::Kind::click,
         .channel = channel,
         .link = true,
         .referrer = records_[person].front(),
         .visitor = std::move(visitor),
         .device = std::move(device)});
  }
  void claim(Time time, std::size_t channel, bool link, std::size_t person, std::size_t record,
             std::string visitor, std::string device, bool mistyped, ShopTouch::Trick trick) {
    add({.time = time,
         .kind = ShopTouch::Kind::claim,
         .channel = channel,
         .link = link,
         .referrer = records_[person].front(),
         .record = record,
         .visitor = std::move(visitor),
         .device = std::move(device),
         .mistyped = mistyped,
         .trick = trick});
  }
  void add(ShopTouch touch) { shop_.touches.push_back(std::move(touch)); }

  /// The next people after the leader whom nobody brought say that the leader did. A ring uses one
  /// device, and the leader of a larger one claims to be brought by its first member.
  void add_gang(std::size_t leader, std::size_t members, ShopTouch::Trick trick) {
    const bool ring = trick == ShopTouch::Trick::ring;
    if (leader >= shop_.people.size()) return;
    const std::string device = device_of(leader);
    share(shop_.people[leader].joined + seconds{60}, 2, leader);
    std::size_t found = 0;
    for (std::size_t p = leader + 1; p < shop_.people.size() && found < members; ++p) {
      if (shop_.people[p].referred_by) continue;
      claim(shop_.people[p].joined, 2, false, leader, records_[p].front(), {},
            ring ? device : device_of(p), false, trick);
      if (ring && found++ == 0 && members > 1) {
        share(shop_.people[p].joined + seconds{60}, 2, p);
        claim(shop_.people[p].joined + seconds{3'600}, 2, false, p, records_[leader].front(), {},
              device, false, trick);
      } else if (!ring) {
        ++found;
      }
    }
  }

  Shop& shop_;
  const Records& records_;
  std::size_t visitors_ = 0;
};

}  // namespace

void make_touches(Shop& shop, const Records& records_of) {
  for (const TouchChannel& channel : channels) shop.touch_channels.emplace_back(channel.name);
  Touches touches(shop, records_of);
  touches.add_shares();
  touches.add_referrals();
  touches.add_tricks();
  std::stable_sort(shop.touches.begin(), shop.touches.end(),
                   [](const ShopTouch& a, const ShopTouch& b) { return a.time < b.time; });
}

}  // namespace storefront
