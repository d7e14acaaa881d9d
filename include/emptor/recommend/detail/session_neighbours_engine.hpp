#pragma once
// The index and the votes of recommend/session_neighbours.hpp. Sessions are numbered by age, 0 the
// most recent, so that each item's list of sessions starts with the ones to look at first.
// Thread safety: constant.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/math/topk.hpp"
#include "emptor/recommend/detail/sequence_model.hpp"
#include "emptor/recommend/session_neighbours_options.hpp"

namespace emptor::detail {

/// The distinct items at their last places, in that order.
inline void distinct_by_last(std::span<const std::uint32_t> items,
                             std::vector<std::uint32_t>& out) {
  out.clear();
  for (std::size_t e = items.size(); e-- > 0;) {
    // Short lists are searched, long ones sorted out below.
    if (out.size() < 64 && std::find(out.begin(), out.end(), items[e]) != out.end()) continue;
    out.push_back(items[e]);
  }
  if (out.size() >= 64) {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> places;
    for (std::size_t p = 0; p < out.size(); ++p) {
      places.emplace_back(out[p], static_cast<std::uint32_t>(p));
    }
    std::sort(places.begin(), places.end());
    places.erase(std::unique(places.begin(), places.end(),
                             [](const auto& a, const auto& b) { return a.first == b.first; }),
                 places.end());
    std::sort(places.begin(), places.end(),
              [](const auto& a, const auto& b) { return a.second < b.second; });
    out.resize(places.size());
    for (std::size_t p = 0; p < out.size(); ++p) out[p] = places[p].first;
  }
  std::reverse(out.begin(), out.end());
}

class SessionNeighboursEngine {
 public:
  using Options = SessionNeighboursOptions;
  static constexpr std::string_view archive_kind = "session-neighbours";
  static constexpr std::string_view display_name = "session neighbours";

  /// The distinct items of the live session, the latest last, and what each weighs.
  struct Query {
    std::vector<std::uint32_t> items;
    std::vector<double> weights;
  };

  SessionNeighboursEngine(const Sequences& data, const Options& options, const Context&)
      : data_(data), options_(options) {
    check(options);
    const std::size_t count = data.sessions();
    std::vector<std::size_t> by_age(count);
    std::iota(by_age.begin(), by_age.end(), std::size_t{0});
    std::stable_sort(by_age.begin(), by_age.end(), [&](std::size_t a, std::size_t b) {
      return data.session_end(a) > data.session_end(b);
    });
    const double now = static_cast<double>(data.last_time().time_since_epoch().count());
    std::vector<std::uint32_t> items;
    list_starts_.assign(data.items() + 1, 0);
    for (const std::size_t s : by_age) {
      distinct_by_last(data.session_items(s), items);
      session_items_.insert(session_items_.end(), items.begin(), items.end());
      session_starts_.push_back(session_items_.size());
      const double end = static_cast<double>(data.session_end(s).time_since_epoch().count());
      freshness_.push_back(options.similarity == SessionSimilarity::stan
                               ? std::exp((end - now) / 86400 / options.age_scale_days)
                               : 1.0);
      for (const std::uint32_t item : items) ++list_starts_[item + 1];
    }
    for (std::size_t i = 0; i < data.items(); ++i) list_starts_[i + 1] += list_starts_[i];
    std::vector<std::size_t> next(list_starts_.begin(), list_starts_.end() - 1);
    lists_.resize(session_items_.size());
    for (std::size_t s = 0; s < count; ++s) {
      for (std::size_t p = session_starts_[s]; p < session_starts_[s + 1]; ++p) {
        lists_[next[session_items_[p]]++] = static_cast<std::uint32_t>(s);
      }
    }
    emphasis_.assign(data.items(), 1.0);
    for (std::size_t i = 0; i < data.items(); ++i) {
      const auto with = static_cast<double>(list_starts_[i + 1] - list_starts_[i]);
      if (with > 0) emphasis_[i] += options.idf * std::log(static_cast<double>(count) / with);
    }
  }

  /// Distinct items of each session, added up.
  [[nodiscard]] std::size_t entries() const noexcept { return session_items_.size(); }

  [[nodiscard]] Query query(Customer customer) const { return weigh(data_.last_session(customer)); }
  [[nodiscard]] Query query(const FoldedCustomer& folded) const {
    return weigh(sequence_of(folded));
  }
  [[nodiscard]] bool known(const Query& query) const noexcept { return !query.items.empty(); }

  void add_up(const Query& query, ScoreSums& sums) const {
    for (const Neighbour& one : neighbours(query)) {
      const auto items = session(one.session);
      const std::size_t at = place_of_shared(items, query, one);
      for (std::size_t p = 0; p < items.size(); ++p) sums.add(items[p], vote(one, items[p], p, at));
    }
  }
  template <class Add>
  double reasons(const Query& query, std::uint32_t wanted, Add&& add) const {
    for (const Neighbour& one : neighbours(query)) {
      const auto items = session(one.session);
      const auto found = std::find(items.begin(), items.end(), wanted);
      if (found == items.end()) continue;
      const double share = vote(one, wanted, static_cast<std::size_t>(found - items.begin()),
                                place_of_shared(items, query, one));
      for (std::size_t q = 0; q < query.items.size(); ++q) {
        if (std::find(items.begin(), items.end(), query.items[q]) == items.end()) continue;
        add(query.items[q], share * (query.weights[q] / one.shared_weight));
      }
    }
    return 0;
  }
  void fold(FoldedCustomer&) const noexcept {}

  static void check(const Options& options) {
    const auto positive = [](double value, std::string_view name) {
      require_option(value > 0, name, "> 0", value);
    };
    require_option(options.neighbours >= 1, "neighbours", ">= 1", options.neighbours);
    require_option(options.sample >= 1, "sample", ">= 1", options.sample);
    require_option(options.context >= 1, "context", ">= 1", options.context);
    require_option(options.idf >= 0 && std::isfinite(options.idf), "idf", "finite and >= 0",
                   options.idf);
    positive(options.position_scale, "position_scale");
    positive(options.age_scale_days, "age_scale_days");
    positive(options.distance_scale, "distance_scale");
  }
  static void put_options(SectionWriter& section, const Options& options) {
    section.put(options.similarity);
    for (const std::size_t number : {options.neighbours, options.sample, options.context}) {
      section.put(std::uint64_t{number});
    }
    for (const double number :
         {options.idf, options.position_scale, options.age_scale_days, options.distance_scale}) {
      section.put(number);
    }
  }
  static Options get_options(SectionReader& section) {
    Options options;
    options.similarity = section.get_enum(SessionSimilarity::stan);
    for (std::size_t* number : {&options.neighbours, &options.sample, &options.context}) {
      *number = static_cast<std::size_t>(section.get<std::uint64_t>());
    }
    for (double* number : {&options.idf, &options.position_scale, &options.age_scale_days,
                           &options.distance_scale}) {
      *number = section.get<double>();
    }
    return options;
  }

 private:
  struct Neighbour {
    std::uint32_t session = 0;
    std::uint32_t latest = 0;  // the place in the query of the latest shared item
    double shared_weight = 0;  // of the query's items that it has
    double strength = 0;       // of its votes
  };

  [[nodiscard]] std::span<const std::uint32_t> session(std::uint32_t s) const noexcept {
    return {session_items_.data() + session_starts_[s],
            session_starts_[s + 1] - session_starts_[s]};
  }

  [[nodiscard]] Query weigh(std::span<const std::uint32_t> items) const {
    Query query;
    distinct_by_last(items, query.items);
    if (query.items.size() > options_.context) {
      query.items.erase(query.items.begin(),
                        query.items.end() - static_cast<std::ptrdiff_t>(options_.context));
    }
    const auto length = static_cast<double>(query.items.size());
    for (std::size_t p = 1; p <= query.items.size(); ++p) {
      const auto place = static_cast<double>(p);
      query.weights.push_back(options_.similarity == SessionSimilarity::stan
                                  ? std::exp((place - length) / options_.position_scale)
                                  : place / length);
    }
    return query;
  }

  /// The k most similar of the sampled sessions, the best first, equal ones by age. Merges the
  /// lists of the query's items from the most recent session on until there are enough.
  [[nodiscard]] std::vector<Neighbour> neighbours(const Query& query) const {
    struct Cursor {
      std::uint32_t session;
      std::uint32_t place;
      std::size_t next;
    };
    const auto later = [](const Cursor& a, const Cursor& b) {
      return a.session != b.session ? a.session > b.session : a.place > b.place;
    };
    std::vector<Cursor> heap;
    for (std::size_t q = 0; q < query.items.size(); ++q) {
      const std::size_t first = list_starts_[query.items[q]];
      if (first == list_starts_[query.items[q] + 1]) continue;
      heap.push_back({lists_[first], static_cast<std::uint32_t>(q), first + 1});
    }
    std::make_heap(heap.begin(), heap.end(), later);
    std::vector<Neighbour> sampled;
    while (!heap.empty()) {
      std::pop_heap(heap.begin(), heap.end(), later);
      Cursor& cursor = heap.back();
      if (sampled.empty() || sampled.back().session != cursor.session) {
        if (sampled.size() == options_.sample) break;
        sampled.push_back({.session = cursor.session});
      }
      sampled.back().shared_weight += query.weights[cursor.place];
      sampled.back().latest = cursor.place;
      if (cursor.next < list_starts_[query.items[cursor.place] + 1]) {
        cursor.session = lists_[cursor.next++];
        std::push_heap(heap.begin(), heap.end(), later);
      } else {
        heap.pop_back();
      }
    }
    TopK<double> best(std::min(options_.neighbours, sampled.size()));
    for (std::size_t i = 0; i < sampled.size(); ++i) {
      Neighbour& one = sampled[i];
      const auto length = static_cast<double>(query.items.size());
      if (options_.similarity == SessionSimilarity::stan) {
        one.strength = one.shared_weight * freshness_[one.session] /
                       std::sqrt(length * static_cast<double>(session(one.session).size()));
      } else {
        one.strength = one.shared_weight / length;
      }
      best.push(static_cast<std::uint32_t>(i), one.strength);
    }
    std::vector<Neighbour> chosen;
    for (const auto& [place, strength] : best.take()) {
      chosen.push_back(sampled[place]);
      if (options_.similarity == SessionSimilarity::v_sknn) {
        chosen.back().strength /= static_cast<double>(query.items.size() - chosen.back().latest);
      }
    }
    return chosen;
  }

  /// Where the neighbour has the latest shared item.
  static std::size_t place_of_shared(std::span<const std::uint32_t> items, const Query& query,
                                     const Neighbour& one) noexcept {
    const auto at = std::find(items.begin(), items.end(), query.items[one.latest]);
    return static_cast<std::size_t>(at - items.begin());
  }
  [[nodiscard]] double vote(const Neighbour& one, std::uint32_t item, std::size_t place,
                            std::size_t shared_place) const noexcept {
    double vote = one.strength * emphasis_[item];
    if (options_.similarity == SessionSimilarity::stan) {
      const auto apart =
          static_cast<double>(place > shared_place ? place - shared_place : shared_place - place);
      vote *= std::exp(-apart / options_.distance_scale);
    }
    return vote;
  }

  Sequences data_;
  Options options_;
  std::vector<std::size_t> session_starts_{0};  // by age
  std::vector<std::uint32_t> session_items_;    // distinct, by last place
  std::vector<double> freshness_;               // by age
  std::vector<std::size_t> list_starts_;        // by item
  std::vector<std::uint32_t> lists_;            // sessions with the item, the most recent first
  std::vector<double> emphasis_;                // by item: 1 + idf
};

}  // namespace emptor::detail
