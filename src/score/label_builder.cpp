#include "emptor/score/label_builder.hpp"

#include <algorithm>

#include "emptor/core/error.hpp"

namespace emptor {

ChurnLabels churn_labels(std::span<const Customer> buyers, std::span<const Time> times,
                         std::size_t customers, std::span<const Time> dates, Time watched_until,
                         const ChurnLabelOptions& options) {
  const auto whole = [](std::chrono::seconds length) { return length.count(); };
  require_option(whole(options.horizon) > 0, "horizon", "> 0", whole(options.horizon));
  require_option(whole(options.gap) >= 0, "gap", ">= 0", whole(options.gap));
  require_option(whole(options.active_within) >= 0, "active_within", ">= 0",
                 whole(options.active_within));
  if (buyers.size() != times.size()) {
    throw Exception(ErrorCode::invalid_shape,
                    text(buyers.size(), " buyers for ", times.size(), " times"), "churn_labels");
  }
  std::vector<std::size_t> first(customers + 1, 0);
  for (const Customer buyer : buyers) {
    const auto at = static_cast<std::size_t>(buyer);
    if (at >= customers) {
      throw Exception(ErrorCode::out_of_range, text("customer ", at, " of ", customers),
                      "churn_labels");
    }
    ++first[at + 1];
  }
  for (std::size_t c = 0; c < customers; ++c) first[c + 1] += first[c];
  std::vector<Time> sorted(times.size());
  std::vector<std::size_t> next(first.begin(), first.end() - 1);
  for (std::size_t i = 0; i < times.size(); ++i) {
    sorted[next[static_cast<std::size_t>(buyers[i])]++] = times[i];
  }
  ChurnLabels out;
  for (std::size_t c = 0; c < customers; ++c) {
    std::sort(sorted.begin() + static_cast<std::ptrdiff_t>(first[c]),
              sorted.begin() + static_cast<std::ptrdiff_t>(first[c + 1]));
  }
  for (const Time date : dates) {
    ChurnSnapshot snapshot{.date = date, .features_as_of = date - std::chrono::seconds{1}};
    const Time from = date + options.gap;
    const Time to = from + options.horizon;
    for (std::size_t c = 0; c < customers; ++c) {
      const std::span<const Time> own(sorted.data() + first[c], first[c + 1] - first[c]);
      const auto before = std::lower_bound(own.begin(), own.end(), date);
      if (before == own.begin()) {
        ++snapshot.not_yet;
      } else if (whole(options.active_within) > 0 && *(before - 1) < date - options.active_within) {
        ++snapshot.inactive;
      } else if (to > watched_until) {
        ++snapshot.unwatched;
      } else {
        const auto bought = std::lower_bound(before, own.end(), from);
        const bool churned = bought == own.end() || *bought >= to;
        ++snapshot.labelled;
        snapshot.churned += churned ? 1 : 0;
        out.labels.push_back({Customer{static_cast<std::uint32_t>(c)},
                              static_cast<std::uint32_t>(out.snapshots.size()), churned});
      }
    }
    out.snapshots.push_back(snapshot);
  }
  return out;
}

}  // namespace emptor
