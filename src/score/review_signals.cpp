#include "emptor/score/review_signals.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_map>

#include "emptor/core/error.hpp"
#include "emptor/text/fold.hpp"
#include "emptor/text/utf8.hpp"

namespace emptor {

std::string_view name(ReviewSignalKind kind) noexcept {
  constexpr std::string_view names[review_signal_kinds] = {
      "near_duplicate", "burst", "co_review", "rating_deviation", "one_product", "rhythm"};
  const auto place = static_cast<std::size_t>(kind);
  return place < review_signal_kinds ? names[place] : "unknown";
}

namespace {

using Places = std::vector<std::uint32_t>;

constexpr std::size_t bands = 16;
constexpr std::size_t band_rows = 4;
constexpr std::size_t compared_in_band = 16;
constexpr std::size_t next_reviews = 20;

std::uint64_t mixed(std::uint64_t x) noexcept {  // finaliser of splitmix64
  x += 0x9E3779B97F4A7C15U;
  x = (x ^ x >> 30U) * 0xBF58476D1CE4E5B9U;
  x = (x ^ x >> 27U) * 0x94D049BB133111EBU;
  return x ^ x >> 31U;
}

/// Hashes of runs of `size` letters and digits, ascending, each once.
std::vector<std::uint64_t> shingles(std::string_view text, std::size_t size) {
  std::vector<char32_t> characters;
  for (std::size_t at = 0; at < text.size();) {
    const Utf8Character c = utf8_character(text, at);
    at += c.bytes;
    const FoldedCharacter folded = fold_character(c.value, true);
    for (const char32_t part : {folded.first, folded.second}) {
      if (part != 0 && character_kind(part) != CharacterKind::separator) characters.push_back(part);
    }
  }
  std::vector<std::uint64_t> out;
  for (std::size_t i = 0; i + size <= characters.size(); ++i) {
    std::uint64_t hash = size;
    for (std::size_t k = i; k < i + size; ++k) hash = mixed(hash ^ characters[k]);
    out.push_back(hash);
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

double jaccard(const std::vector<std::uint64_t>& a, const std::vector<std::uint64_t>& b) {
  std::size_t both = 0;
  for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    both += a[i] == b[j] ? 1 : 0;
    const bool step_a = a[i] <= b[j];
    const bool step_b = b[j] <= a[i];
    i += step_a ? 1 : 0;
    j += step_b ? 1 : 0;
  }
  const std::size_t either = a.size() + b.size() - both;
  return either == 0 ? 0 : static_cast<double>(both) / static_cast<double>(either);
}

class Checker {
 public:
  Checker(std::span<const ReviewRecord> records, const ReviewSignalOptions& options)
      : records_(records), options_(options), order_(records.size()), out_(records.size()) {
    std::iota(order_.begin(), order_.end(), 0U);
    std::stable_sort(order_.begin(), order_.end(), [&](std::uint32_t a, std::uint32_t b) {
      return records[a].time < records[b].time;
    });
    for (ReviewSuspicion& answer : out_) answer.prior = answer.score = options.prior;
  }

  std::vector<ReviewSuspicion> run() {
    const auto by_item = grouped([](const ReviewRecord& r) { return r.item; });
    const auto by_reviewer = grouped([](const ReviewRecord& r) { return r.reviewer; });
    // In the order of the kinds.
    if (on(ReviewSignalKind::near_duplicate)) duplicates();
    if (on(ReviewSignalKind::burst)) {
      for (const Places& reviews : by_item) bursts(reviews);
    }
    if (on(ReviewSignalKind::co_review)) together(by_item);
    if (on(ReviewSignalKind::rating_deviation)) {
      for (const Places& reviews : by_item) deviations(reviews);
    }
    if (on(ReviewSignalKind::one_product)) {
      for (const Places& reviews : by_reviewer) one_product(reviews);
    }
    if (on(ReviewSignalKind::rhythm)) {
      for (const Places& reviews : by_reviewer) rhythm(reviews);
    }
    return std::move(out_);
  }

 private:
  [[nodiscard]] bool on(ReviewSignalKind kind) const noexcept {
    return options_.weights[static_cast<std::size_t>(kind)] != 0;
  }

  void fire(std::uint32_t review, ReviewSignal signal) {
    ReviewSuspicion& answer = out_[review];
    signal.contribution = options_.weights[static_cast<std::size_t>(signal.kind)];
    answer.storage[answer.count++] = signal;
    answer.score += signal.contribution;
  }

  /// Places by key, each in the order of time; those of no key are left out.
  template <class Key>
  [[nodiscard]] std::vector<Places> grouped(const Key& key) const {
    std::unordered_map<std::size_t, std::size_t> groups;
    std::vector<Places> out;
    for (const std::uint32_t place : order_) {
      const auto id = key(records_[place]);
      if (id == no_id<std::remove_cv_t<decltype(id)>>) continue;
      const auto [found, fresh] = groups.try_emplace(index(id), out.size());
      if (fresh) out.emplace_back();
      out[found->second].push_back(place);
    }
    return out;
  }

  void duplicates() {
    std::vector<std::vector<std::uint64_t>> sets(records_.size());
    std::vector<std::unordered_map<std::uint64_t, Places>> buckets(bands);
    Places candidates;
    for (const std::uint32_t place : order_) {
      auto& set = sets[place];
      set = shingles(records_[place].text, options_.shingle);
      if (set.size() < options_.least_shingles) {
        set.clear();
        continue;
      }
      std::array<std::uint64_t, bands * band_rows> least;
      least.fill(~std::uint64_t{0});
      for (const std::uint64_t shingle : set) {
        for (std::size_t h = 0; h < least.size(); ++h) {
          // Multiply and xor: one odd factor and one mask a hash.
          const std::uint64_t x = (shingle ^ keys_[h].mask) * keys_[h].factor;
          least[h] = std::min(least[h], x);
        }
      }
      candidates.clear();
      for (std::size_t band = 0; band < bands; ++band) {
        std::uint64_t key = band;
        for (std::size_t row = 0; row < band_rows; ++row) {
          key = mixed(key ^ least[band * band_rows + row]);
        }
        Places& bucket = buckets[band][key];
        candidates.insert(candidates.end(), bucket.begin(), bucket.end());
        if (bucket.size() > compared_in_band) bucket.pop_back();
        bucket.push_back(place);
      }
      std::sort(candidates.begin(), candidates.end());
      candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
      double best = 0;
      std::uint32_t other = nobody_else;
      for (const std::uint32_t candidate : candidates) {
        const double likeness = jaccard(set, sets[candidate]);
        if (likeness <= best) continue;
        best = likeness;
        other = candidate;
      }
      if (best < options_.duplicate) continue;
      fire(place, {.kind = ReviewSignalKind::near_duplicate,
                   .other = other,
                   .measured = std::llround(best * 1000),
                   .limit = std::llround(options_.duplicate * 1000)});
    }
  }

  /// For each review the most reviews of `reviews` in a window of this length that contains it.
  [[nodiscard]] std::vector<std::uint32_t> crowds(const Places& reviews,
                                                  std::chrono::seconds window) const {
    std::vector<std::uint32_t> starts(reviews.size()), out(reviews.size());
    for (std::size_t from = 0, to = 0; from < reviews.size(); ++from) {
      while (to < reviews.size() && time(reviews, to) - time(reviews, from) < window) ++to;
      starts[from] = static_cast<std::uint32_t>(to - from);
    }
    Places best;  // places of starts, the crowd falling: the first is the most
    std::size_t head = 0;
    for (std::size_t i = 0; i < reviews.size(); ++i) {
      while (best.size() > head && starts[best.back()] <= starts[i]) best.pop_back();
      best.push_back(static_cast<std::uint32_t>(i));
      while (time(reviews, i) - time(reviews, best[head]) >= window) ++head;
      out[i] = starts[best[head]];
    }
    return out;
  }
  [[nodiscard]] Time time(const Places& reviews, std::size_t i) const {
    return records_[reviews[i]].time;
  }

  void bursts(const Places& reviews) {
    if (reviews.size() < options_.burst_reviews) return;
    const auto window = static_cast<double>(options_.burst_window.count());
    const auto span =
        static_cast<double>((time(reviews, reviews.size() - 1) - time(reviews, 0)).count());
    if (span < 3 * window) return;
    const std::vector<std::uint32_t> crowd = crowds(reviews, options_.burst_window);
    for (std::size_t i = 0; i < reviews.size(); ++i) {
      const double usual =
          static_cast<double>(reviews.size() - crowd[i]) * window / (span - window);
      const auto limit = std::max<std::int64_t>(
          options_.burst_reviews,
          static_cast<std::int64_t>(std::ceil(options_.burst_factor * usual)));
      if (crowd[i] < limit) continue;
      fire(reviews[i], {.kind = ReviewSignalKind::burst, .measured = crowd[i], .limit = limit});
    }
  }

  [[nodiscard]] static std::uint32_t root(std::unordered_map<std::uint32_t, std::uint32_t>& parents,
                                          std::uint32_t at) {
    while (parents.at(at) != at) at = parents[at] = parents.at(parents.at(at));
    return at;
  }

  void together(const std::vector<Places>& by_item) {
    struct Pair {
      std::uint32_t a, b, item;
      auto operator<=>(const Pair&) const = default;
    };
    std::vector<Pair> pairs;
    for (const Places& reviews : by_item) {
      for (std::size_t i = 0; i < reviews.size(); ++i) {
        for (std::size_t k = i + 1; k < std::min(reviews.size(), i + 1 + next_reviews); ++k) {
          if (time(reviews, k) - time(reviews, i) > options_.together_window) break;
          const ReviewRecord& first = records_[reviews[i]];
          const auto one = static_cast<std::uint32_t>(first.reviewer);
          const auto other = static_cast<std::uint32_t>(records_[reviews[k]].reviewer);
          const std::uint32_t a = std::min(one, other), b = std::max(one, other);
          if (a != b && b != static_cast<std::uint32_t>(no_customer))
            pairs.push_back({a, b, static_cast<std::uint32_t>(first.item)});
        }
      }
    }
    std::sort(pairs.begin(), pairs.end());
    pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
    struct Partner {
      std::uint32_t other = nobody_else, items = 0;
    };
    std::unordered_map<std::uint32_t, Partner> partners;
    std::unordered_map<std::uint32_t, std::uint32_t> parents, sizes;
    for (std::size_t from = 0, to = 0; from < pairs.size(); from = to) {
      const auto [a, b, item] = pairs[from];
      while (to < pairs.size() && pairs[to].a == a && pairs[to].b == b) ++to;
      const auto items = static_cast<std::uint32_t>(to - from);
      if (items < options_.together_items) continue;
      for (const auto& [one, other] : {std::pair{a, b}, std::pair{b, a}}) {
        Partner& partner = partners[one];
        parents.try_emplace(one, one);
        if (items > partner.items || (items == partner.items && other < partner.other)) {
          partner = {other, items};
        }
      }
      const std::uint32_t ra = root(parents, a), rb = root(parents, b);
      parents[std::max(ra, rb)] = std::min(ra, rb);
    }
    for (const auto& [reviewer, partner] : partners) ++sizes[root(parents, reviewer)];
    for (std::uint32_t place = 0; place < records_.size(); ++place) {
      const auto reviewer = static_cast<std::uint32_t>(records_[place].reviewer);
      const auto found = partners.find(reviewer);
      if (found == partners.end()) continue;
      fire(place, {.kind = ReviewSignalKind::co_review,
                   .other = found->second.other,
                   .group = sizes[root(parents, reviewer)],
                   .measured = found->second.items,
                   .limit = options_.together_items});
    }
  }

  void deviations(const Places& reviews) {
    std::vector<double> ratings;
    for (const std::uint32_t review : reviews) {
      if (!std::isnan(records_[review].rating)) ratings.push_back(records_[review].rating);
    }
    if (ratings.size() < options_.deviation_others + std::size_t{1}) return;
    std::sort(ratings.begin(), ratings.end());  // one sum for any order of the records
    const double sum = std::accumulate(ratings.begin(), ratings.end(), 0.0);
    const auto others = static_cast<double>(ratings.size() - 1);
    for (const std::uint32_t review : reviews) {
      const double rating = records_[review].rating;
      const double off = std::abs(rating - (sum - rating) / others);
      if (std::isnan(off) || off < options_.deviation) continue;
      fire(review, {.kind = ReviewSignalKind::rating_deviation,
                    .measured = std::llround(std::min(off, 1e12) * 1000),
                    .limit = std::llround(std::min(options_.deviation, 1e12) * 1000)});
    }
  }

  void one_product(const Places& reviews) {
    const Item item = records_[reviews.front()].item;
    for (const std::uint32_t review : reviews) {
      if (records_[review].item != item) return;
    }
    for (const std::uint32_t review : reviews) {
      fire(review, {.kind = ReviewSignalKind::one_product,
                    .measured = static_cast<std::int64_t>(reviews.size()),
                    .limit = 1});
    }
  }

  void rhythm(const Places& reviews) {
    if (reviews.size() < options_.rhythm_reviews) return;
    const std::vector<std::uint32_t> crowd = crowds(reviews, std::chrono::days{1});
    for (std::size_t i = 0; i < reviews.size(); ++i) {
      if (crowd[i] < options_.rhythm_reviews) continue;
      fire(reviews[i], {.kind = ReviewSignalKind::rhythm,
                        .measured = crowd[i],
                        .limit = options_.rhythm_reviews});
    }
  }

  struct Key {
    std::uint64_t mask, factor;
  };
  [[nodiscard]] static std::array<Key, bands * band_rows> make_keys() noexcept {
    std::array<Key, bands * band_rows> keys{};
    for (std::size_t h = 0; h < keys.size(); ++h) keys[h] = {mixed(2 * h), mixed(2 * h + 1) | 1};
    return keys;
  }

  std::span<const ReviewRecord> records_;
  const ReviewSignalOptions& options_;
  Places order_;  // by time
  std::vector<ReviewSuspicion> out_;
  std::array<Key, bands* band_rows> keys_ = make_keys();
};

}  // namespace

std::vector<ReviewSuspicion> check_reviews(std::span<const ReviewRecord> records,
                                           const ReviewSignalOptions& options) {
  require_option(options.shingle >= 1 && options.shingle <= 16, "shingle", "in [1, 16]",
                 options.shingle);
  require_option(options.least_shingles >= 1, "least_shingles", ">= 1", options.least_shingles);
  require_option(options.duplicate > 0 && options.duplicate <= 1, "duplicate", "in (0, 1]",
                 options.duplicate);
  require_option(options.burst_window.count() > 0, "burst_window", "> 0",
                 options.burst_window.count());
  require_option(options.burst_reviews >= 2, "burst_reviews", ">= 2", options.burst_reviews);
  require_option(options.burst_factor >= 1 && options.burst_factor <= 1e6, "burst_factor",
                 "in [1, 1e6]", options.burst_factor);
  require_option(options.together_window.count() >= 0, "together_window", ">= 0",
                 options.together_window.count());
  require_option(options.together_items >= 2, "together_items", ">= 2", options.together_items);
  require_option(options.deviation > 0, "deviation", "> 0", options.deviation);
  require_option(options.deviation_others >= 1, "deviation_others", ">= 1",
                 options.deviation_others);
  require_option(options.rhythm_reviews >= 2, "rhythm_reviews", ">= 2", options.rhythm_reviews);
  for (const std::int32_t weight : options.weights) {
    require_option(std::abs(static_cast<double>(weight)) <= 100'000, "weights",
                   "in [-100000, 100000]", weight);
  }
  require_option(std::abs(static_cast<double>(options.prior)) <= 100'000, "prior",
                 "in [-100000, 100000]", options.prior);
  if (records.size() > std::size_t{1} << 31U) {
    throw Exception(ErrorCode::invalid_shape, "more than 2^31 reviews", "records");
  }
  for (const ReviewRecord& record : records) {
    if (std::isinf(record.rating)) {
      throw Exception(ErrorCode::invalid_value, "a rating is infinite", "records");
    }
    constexpr std::int64_t furthest = std::int64_t{1} << 60U;
    const std::int64_t seconds = record.time.time_since_epoch().count();
    if (seconds < -furthest || seconds > furthest) {
      throw Exception(ErrorCode::invalid_value, "a time is beyond 2^60 seconds", "records");
    }
  }
  return Checker(records, options).run();
}

}  // namespace emptor
