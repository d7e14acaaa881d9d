#pragma once

/// @file
/// Interactions of a made-up shop, of any size: the data of benches when there is none of one's
/// own.
///
/// Few items sell much (Zipf's law), few customers buy much (log-normal activity), and what one
/// buys depends on latent tastes: every customer likes up to three clusters of items, may change
/// the first of them, tends to go on from an item to its successor, and buys in sessions; every
/// item has its season. So personal models, sequences and drift all have something to find.
///
/// A customer's events depend on (options, customer) alone and are made one customer at a time.
/// Time: some 350 ns an event. Memory: 33 bytes an item and what one customer has, whatever the
/// number of interactions. The same options give the same events. Thread safety: one thread each.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "emptor/core/random.hpp"

namespace generate {

struct GeneratorOptions {
  std::uint64_t seed = 1;
  std::size_t customers = 2000;      ///< m, 1 to 2^32 - 2
  std::size_t items = 1000;          ///< n, 4 to 2^32 - 2
  std::size_t interactions = 60000;  ///< in all; each a different item of its customer, who has at
                                     ///< most half of the items: what is too much for one goes to
                                     ///< the next, what the last cannot take is left out
  std::size_t clusters = 0;          ///< of taste, at most n / 2; 0: the square root of n, halved
  double skew = 0.8;                 ///< exponent of Zipf's law, 0 (all items alike) to 3
  double spread = 1;                 ///< sigma of the log-normal activity, 0 (all alike) to 3
  double taste = 0.8;                ///< share of choices by taste, not by popularity; 0 to 1
  double sequence = 0.3;             ///< how often a choice follows from the one before; 0 to 1
  double drift = 0.3;                ///< strength of seasons, and how many change their taste; 0-1
  std::size_t days = 365;            ///< span of the times, from 2024-01-01 on; 1 to 36500
};

struct GeneratedEvent {
  std::uint32_t item;
  std::int64_t time;    ///< seconds since 1970; ascending within a customer
  std::uint32_t order;  ///< the customer's number of the session, from 0
  std::uint8_t rating;  ///< 1 to 5: higher for what is to the customer's taste
};

class Generator {
 public:
  using Sink = std::function<void(std::uint32_t customer, std::span<const GeneratedEvent> events)>;

  /// Throws emptor::Exception, `invalid_option`.
  explicit Generator(const GeneratorOptions& options);

  /// Gives every customer's events to `sink`, customers ascending. Returns how many events.
  std::size_t run(const Sink& sink);

  [[nodiscard]] const GeneratorOptions& options() const noexcept { return options_; }
  [[nodiscard]] std::uint32_t cluster_of_item(std::uint32_t item) const { return cluster_[item]; }
  /// The taste that a customer begins with.
  [[nodiscard]] std::uint32_t taste_of(std::uint32_t customer) const;
  /// Up to `most` others, mostly of the customer's first taste: whom the customer follows.
  [[nodiscard]] std::vector<std::uint32_t> friends_of(std::uint32_t customer,
                                                      std::size_t most) const;

 private:
  struct Taste {
    std::uint32_t clusters[3];
    std::uint32_t later;  // instead of the first, from `change` on
    std::int64_t change;
  };

  [[nodiscard]] double activity(std::uint32_t customer) const;
  [[nodiscard]] std::uint32_t draw_cluster(emptor::RandomStream& random) const;
  [[nodiscard]] std::uint32_t draw_item(emptor::RandomStream& random, std::size_t first,
                                        std::size_t last) const;
  [[nodiscard]] Taste draw_taste(emptor::RandomStream& random) const;
  void draw_times(emptor::RandomStream& random, std::size_t count);
  void draw_events(std::uint32_t customer, std::size_t count);

  GeneratorOptions options_;
  std::vector<std::uint32_t> by_cluster_;  // items, those of a cluster together, best sellers first
  std::vector<std::uint32_t> place_;       // by item, in by_cluster_
  std::vector<std::uint32_t> cluster_;     // by item
  std::vector<std::size_t> starts_;        // by cluster, in by_cluster_
  std::vector<double> cumulative_;         // popularity up to and with by_cluster_[p]
  std::vector<float> season_;              // by item: when in the year it sells best, 0 to 1
  std::vector<std::uint8_t> taken_;        // by item: the customer at work has it
  std::vector<GeneratedEvent> events_;
};

}  // namespace generate
