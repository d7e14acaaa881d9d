#include "emptor/score/label_builder.hpp"

#include <algorithm>
#include <utility>

#include "emptor/core/error.hpp"
#include "score/label_facts.hpp"
#include "score/label_features.hpp"
#include "score/label_outcome.hpp"

namespace emptor {

namespace {

constexpr Time first_date{Day{std::chrono::year{1} / 1 / 1}};
constexpr Time last_date{Day{std::chrono::year{9999} / 12 / 31}};
constexpr std::size_t block = 512;  // rows whose features are computed at a time

void check_dates(std::span<const Time> dates) {
  for (std::size_t d = 0; d < dates.size(); ++d) {
    require_option(dates[d] >= first_date && dates[d] <= last_date, "dates", "in years 1 to 9999",
                   dates[d].time_since_epoch().count());
    if (d > 0 && dates[d] <= dates[d - 1]) {
      throw Exception(ErrorCode::invalid_value, "dates must ascend", "learning_set");
    }
  }
}

void go_on(const Context& context, std::size_t done, std::size_t total) {
  if (context.report({"learning set", done, total}) == Go::stop) {
    throw Exception(ErrorCode::stopped, "stopped by the caller", "learning_set");
  }
}

class Rows {
 public:
  Rows(const CustomerFacts& facts, const LearningFeatures& features, const OutcomeOptions& outcome)
      : facts_(facts), rule_(outcome, facts), columns_(features, facts) {
    out_.joined = facts_.joined();
    out_.anonymous = facts_.anonymous();
    out_.embargo = rule_.reach() - std::chrono::seconds{1};
  }
  /// Who has a row at the date; with targets when `watched_until` is given.
  void add(Time date, const Time* watched_until) {
    LearningSnapshot snapshot{.date = date};
    const bool watched = watched_until == nullptr || rule_.watched(date, *watched_until);
    for (std::size_t c = 0; c < facts_.customers(); ++c) {
      if (!facts_.stands(c)) continue;
      switch (rule_.standing(facts_.past(c, date, scratch_))) {
        case detail::Standing::row:
          break;
        case detail::Standing::not_yet:
          ++snapshot.not_yet;
          continue;
        case detail::Standing::too_young:
          ++snapshot.too_young;
          continue;
        case detail::Standing::inactive:
          ++snapshot.inactive;
          continue;
        case detail::Standing::already:
          ++snapshot.already;
          continue;
      }
      if (!watched) {
        ++snapshot.unwatched;
        continue;
      }
      if (watched_until != nullptr) {
        const detail::OutcomeRule::Target target = rule_.target(facts_, c, date);
        if (target.gone) {
          ++snapshot.gone;
          continue;
        }
        snapshot.total += target.value;
        snapshot.given_back += target.given_back ? 1 : 0;
        out_.target.push_back(target.value);
      }
      ++snapshot.labelled;
      out_.customers.push_back(id_at<Customer>(c));
      out_.snapshot.push_back(static_cast<std::uint32_t>(out_.snapshots.size()));
      out_.times.push_back(date);
    }
    out_.snapshots.push_back(snapshot);
  }
  /// The table of all rows.
  [[nodiscard]] LearningSet finish(const Context& context) && {
    ScoreSchema schema = columns_.schema();
    Matrix<float> values(out_.customers.size(), schema.size());
    parallel_chunks(context, values.rows(), block, [&](std::size_t begin, std::size_t end) {
      detail::LabelColumns::Room room;
      detail::PastScratch scratch;
      columns_.begin(room);
      for (std::size_t r = begin; r < end; ++r) {
        columns_.add(room, facts_.past(index(out_.customers[r]), out_.times[r], scratch));
      }
      columns_.put(room, values, begin);
    });
    out_.table = ScoreTable(std::move(schema), std::move(values));
    return std::move(out_);
  }

 private:
  detail::LabelFacts facts_;
  detail::OutcomeRule rule_;
  detail::LabelColumns columns_;
  detail::PastScratch scratch_;
  LearningSet out_;
};

}  // namespace

LearningSet learning_set(const CustomerFacts& facts, std::span<const Time> dates,
                         Time watched_until, const LearningFeatures& features,
                         const OutcomeOptions& outcome, const Context& context) {
  check_dates(dates);
  Rows rows(facts, features, outcome);
  for (std::size_t d = 0; d < dates.size(); ++d) {
    go_on(context, d, dates.size());
    rows.add(dates[d], &watched_until);
  }
  return std::move(rows).finish(context);
}

LearningSet prospect_rows(const CustomerFacts& facts, Time date, const LearningFeatures& features,
                          const OutcomeOptions& outcome, const Context& context) {
  check_dates({&date, 1});
  go_on(context, 0, 1);
  Rows rows(facts, features, outcome);
  rows.add(date, nullptr);
  return std::move(rows).finish(context);
}

}  // namespace emptor
