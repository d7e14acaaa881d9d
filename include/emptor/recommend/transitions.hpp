#pragma once
// What comes next after what: a Markov chain of first order over items, with decay.
//
// Each item keeps its K most frequent successors with their shares of all that followed it. A
// customer's score of an item is the sum of its shares after the last things the customer did, the
// latest counting most. One step ahead and a context of one event is the Markov chain MC, several
// steps with falling weights are the sequential rules SR of Malte Ludewig, Dietmar Jannach,
// "Evaluation of session-based recommendation algorithms", User Modeling and User-Adapted
// Interaction 28, 2018, doi:10.1007/s11257-018-9209-6 (which weighs a step of x by 1/x; here
// it is a power). From one basket to the next, each item of a basket having an equal part in what
// follows: the non-personal chain of Steffen Rendle, Christoph Freudenthaler, Lars Schmidt-Thieme,
// "Factorizing personalized Markov chains for next-basket recommendation", WWW 2010,
// doi:10.1145/1772690.1772773.
//
// Time of a fit: events x window (baskets: events x items of the next `window` ones). Memory: 16
// bytes an event and 8 K n. Thread safety: see recommender.hpp. The same bits for any executor.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "emptor/math/csr.hpp"
#include "emptor/math/topk.hpp"
#include "emptor/recommend/detail/sequence_model.hpp"
#include "emptor/recommend/sequence_step.hpp"

namespace emptor {

struct TransitionsOptions {
  SequenceStep step = SequenceStep::event;  ///< what follows what
  std::size_t window = 5;                   ///< how many steps ahead count, >= 1
  double step_decay = 0.7;  ///< what each further step ahead counts of the one before, in (0, 1]
  /// Age, at the last event of all, at which a transition counts half, in days, > 0.
  double half_life_days = std::numeric_limits<double>::infinity();
  std::size_t successors = 200;  ///< K kept an item, >= 1
  double shrinkage = 0;          ///< added to the count that shares are of, >= 0: doubts rare items
  std::size_t context = 5;       ///< the last events that lead on, >= 1; all of a basket always do
  double context_decay = 0.5;    ///< what each event further back counts, in (0, 1]
};

struct TransitionsReport {
  std::size_t items = 0;        ///< with a successor
  std::size_t transitions = 0;  ///< pairs of items that were kept
};

namespace detail {

class TransitionsEngine {
 public:
  using Options = TransitionsOptions;
  static constexpr std::string_view archive_kind = "transitions";
  static constexpr std::string_view display_name = "transitions";

  /// What leads on, and how much it counts.
  using Query = std::vector<std::pair<std::uint32_t, double>>;

  TransitionsEngine(const Sequences& data, const Options& options, const Context& context)
      : data_(data), options_(options) {
    check(options);
    count(context);
  }

  /// n x n; row i: the share of each successor in what followed i, finite and > 0.
  [[nodiscard]] const Csr<float>& shares() const noexcept { return shares_; }

  [[nodiscard]] Query query(Customer customer) const {
    const auto items = data_.last_session(customer);
    return weigh({items.begin(), items.end()});
  }
  [[nodiscard]] Query query(const FoldedCustomer& folded) const {
    return weigh(sequence_of(folded));
  }
  [[nodiscard]] bool known(const Query& query) const noexcept { return !query.empty(); }

  void add_up(const Query& query, ScoreSums& sums) const {
    for (const auto& [item, weight] : query) {
      const auto next = shares_.row_indices(item);
      const auto values = shares_.row_values(item);
      for (std::size_t i = 0; i < next.size(); ++i) {
        sums.add(next[i], weight * static_cast<double>(values[i]));
      }
    }
  }
  template <class Add>
  double reasons(const Query& query, std::uint32_t wanted, Add&& add) const {
    for (const auto& [item, weight] : query) {
      const auto next = shares_.row_indices(item);
      const auto found = std::lower_bound(next.begin(), next.end(), wanted);
      if (found == next.end() || *found != wanted) continue;
      const auto place = static_cast<std::size_t>(found - next.begin());
      add(item, weight * static_cast<double>(shares_.row_values(item)[place]));
    }
    return 0;
  }
  void fold(FoldedCustomer&) const noexcept {}

  static void check(const Options& options) {
    const auto decay = [](double value, std::string_view name) {
      require_option(value > 0 && value <= 1, name, "in (0, 1]", value);
    };
    require_option(options.window >= 1, "window", ">= 1", options.window);
    decay(options.step_decay, "step_decay");
    require_option(options.half_life_days > 0, "half_life_days", "> 0", options.half_life_days);
    require_option(options.successors >= 1, "successors", ">= 1", options.successors);
    require_option(options.shrinkage >= 0 && std::isfinite(options.shrinkage), "shrinkage",
                   "finite and >= 0", options.shrinkage);
    require_option(options.context >= 1, "context", ">= 1", options.context);
    decay(options.context_decay, "context_decay");
  }
  static void put_options(SectionWriter& section, const Options& options) {
    section.put(options.step);
    section.put(std::uint64_t{options.window});
    section.put(options.step_decay);
    section.put(options.half_life_days);
    section.put(std::uint64_t{options.successors});
    section.put(options.shrinkage);
    section.put(std::uint64_t{options.context});
    section.put(options.context_decay);
  }
  static Options get_options(SectionReader& section) {
    Options options;
    options.step = section.get_enum(SequenceStep::session);
    options.window = static_cast<std::size_t>(section.get<std::uint64_t>());
    options.step_decay = section.get<double>();
    options.half_life_days = section.get<double>();
    options.successors = static_cast<std::size_t>(section.get<std::uint64_t>());
    options.shrinkage = section.get<double>();
    options.context = static_cast<std::size_t>(section.get<std::uint64_t>());
    options.context_decay = section.get<double>();
    return options;
  }

 private:
  [[nodiscard]] Query weigh(const std::vector<std::uint32_t>& items) const {
    Query query;
    double weight = 1;
    if (options_.step == SequenceStep::session) {
      weight = 1 / static_cast<double>(items.size());
      for (const std::uint32_t item : items) query.emplace_back(item, weight);
      return query;
    }
    for (std::size_t back = 0; back < items.size() && back < options_.context; ++back) {
      query.emplace_back(items[items.size() - 1 - back], weight);
      weight *= options_.context_decay;
    }
    return query;
  }

  /// The shares of all items, one source item after another.
  void count(const Context& context) {
    const std::size_t n = data_.items();
    const SequenceParts& parts = data_.parts();
    std::vector<std::size_t> starts(n + 1, 0);  // events by item
    for (const std::uint32_t item : parts.event_items) ++starts[item + 1];
    for (std::size_t i = 0; i < n; ++i) starts[i + 1] += starts[i];
    std::vector<std::size_t> events(data_.events());
    std::vector<std::uint32_t> sessions(data_.events());
    std::vector<std::size_t> last(data_.sessions());  // of the same customer, by session
    std::vector<std::size_t> next(starts.begin(), starts.end() - 1);
    for (std::size_t s = 0; s < data_.sessions(); ++s) {
      for (std::size_t e = parts.session_starts[s]; e < parts.session_starts[s + 1]; ++e) {
        const std::size_t place = next[parts.event_items[e]]++;
        events[place] = e;
        sessions[place] = static_cast<std::uint32_t>(s);
      }
    }
    for (std::size_t c = 0; c < data_.customers(); ++c) {
      for (std::size_t s = data_.first_session(c); s < data_.first_session(c + 1); ++s) {
        last[s] = data_.first_session(c + 1);
      }
    }

    std::vector<std::vector<std::pair<std::uint32_t, float>>> rows(n);
    constexpr std::size_t items_a_chunk = 64;
    parallel_chunks(context, n, items_a_chunk, [&](std::size_t begin, std::size_t end) {
      ScoreSums sums(n);
      for (std::size_t i = begin; i < end; ++i) {
        for (std::size_t place = starts[i]; place < starts[i + 1]; ++place) {
          const std::size_t s = sessions[place];
          if (options_.step == SequenceStep::session) {
            add_sessions(s, last[s], sums);
          } else {
            add_events(events[place], parts.session_starts[s + 1], sums);
          }
        }
        rows[i] = keep(sums);
      }
    });
    std::vector<std::size_t> offsets(1, 0);
    std::vector<std::uint32_t> indices;
    std::vector<float> values;
    for (const auto& row : rows) {
      for (const auto& [item, share] : row) {
        indices.push_back(item);
        values.push_back(share);
      }
      offsets.push_back(indices.size());
    }
    shares_ = Csr<float>(n, std::move(offsets), std::move(indices), std::move(values));
  }

  void add_events(std::size_t event, std::size_t end, ScoreSums& sums) const {
    double weight = 1;
    for (std::size_t e = event + 1; e < end && e - event <= options_.window; ++e) {
      sums.add(data_.parts().event_items[e], weight * fresh(data_.parts().event_times[e]));
      weight *= options_.step_decay;
    }
  }
  void add_sessions(std::size_t from, std::size_t end, ScoreSums& sums) const {
    double weight = 1 / static_cast<double>(data_.session_size(from));
    for (std::size_t s = from + 1; s < end && s - from <= options_.window; ++s) {
      const auto items = data_.session_items(s);
      const auto times = data_.session_times(s);
      for (std::size_t e = 0; e < items.size(); ++e) sums.add(items[e], weight * fresh(times[e]));
      weight *= options_.step_decay;
    }
  }
  [[nodiscard]] double fresh(Time time) const noexcept {
    if (std::isinf(options_.half_life_days)) return 1;
    const double age = static_cast<double>(now_.time_since_epoch().count()) -
                       static_cast<double>(time.time_since_epoch().count());
    return std::exp2(-age / (86400 * options_.half_life_days));
  }

  /// The K largest sums as shares of all of them, by item; clears the sums.
  [[nodiscard]] std::vector<std::pair<std::uint32_t, float>> keep(ScoreSums& sums) const {
    double total = options_.shrinkage;
    TopK<double> best(std::min(options_.successors, data_.items()));
    for (const std::uint32_t item : sums.touched) {
      total += sums.of_item[item];
      best.push(item, sums.of_item[item]);
    }
    sums.clear();
    std::vector<std::pair<std::uint32_t, float>> row;
    for (const auto& [item, sum] : best.take()) {
      const auto share = static_cast<float>(sum / total);
      if (share > 0) row.emplace_back(item, share);
    }
    std::sort(row.begin(), row.end());
    return row;
  }

  Sequences data_;
  Options options_;
  Time now_ = data_.last_time();
  Csr<float> shares_;
};

}  // namespace detail

/// Follows the `Recommender` concept; served by the customer's last session. Items may lead to
/// themselves: with `exclude_seen = false` repeats are recommended too.
using TransitionsModel = detail::SequenceModel<detail::TransitionsEngine>;

static_assert(LoadableRecommender<TransitionsModel> && BatchRecommender<TransitionsModel> &&
              UpdatableRecommender<TransitionsModel, Sequences>);

struct TransitionsFit {
  TransitionsModel model;
  TransitionsReport report;
};

/// One pass: progress is not asked. Throws `invalid_option`.
[[nodiscard]] inline TransitionsFit fit_transitions(const Sequences& data,
                                                    const TransitionsOptions& options = {},
                                                    const Context& context = {}) {
  TransitionsModel model(data, options, context);
  TransitionsReport report;
  const Csr<float>& shares = model.engine().shares();
  for (std::size_t i = 0; i < shares.rows(); ++i) report.items += shares.row_size(i) > 0 ? 1 : 0;
  report.transitions = shares.nonzeros();
  return {std::move(model), report};
}

}  // namespace emptor
