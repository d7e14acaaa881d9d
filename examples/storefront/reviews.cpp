#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <span>
#include <string_view>
#include <utility>

#include "emptor/score/review.hpp"
#include "emptor/score/review_signals.hpp"
#include "emptor/score/text_linear.hpp"
#include "opinions.hpp"

namespace storefront {
namespace {

using emptor::Time;

constexpr std::size_t fewest_of_a_class = 20;

/// Places of reviews by time, those of no time first.
std::vector<std::uint32_t> by_time(const ReviewFile& file) {
  std::vector<std::uint32_t> out(file.texts.size());
  std::iota(out.begin(), out.end(), 0U);
  std::stable_sort(out.begin(), out.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return file.times[a] < file.times[b]; });
  return out;
}

struct Rated {
  std::vector<std::string_view> texts;
  std::vector<std::uint32_t> labels;  // 1: four stars or five; 0: one or two

  [[nodiscard]] bool enough() const {
    const auto good = static_cast<std::size_t>(std::count(labels.begin(), labels.end(), 1U));
    return good >= fewest_of_a_class && labels.size() - good >= fewest_of_a_class;
  }
};

/// Reviews of three stars, without any, or that are doubtful teach nothing.
Rated rated_of(const ReviewFile& file, std::span<const std::uint32_t> rows, const Reviews& found) {
  Rated out;
  for (const std::uint32_t r : rows) {
    const double rating = file.ratings[r];
    if (!(rating >= 1 && rating <= 5) || (rating > 2 && rating < 4)) continue;
    if (found.suspicions[r].probability() >= found.audit.probability) continue;
    out.texts.push_back(file.texts[r]);
    out.labels.push_back(rating >= 4 ? 1 : 0);
  }
  return out;
}

emptor::TextClassifier learn(const Rated& rated, const emptor::Context& context) {
  return emptor::fit_text_classifier(rated.texts, rated.labels, {}, context).model;
}

/// Learned from the first three quarters of the time, asked of the last.
void test(const ReviewFile& file, std::span<const std::uint32_t> order, Reviews& out,
          const emptor::Context& context) {
  const std::size_t cut = order.size() * 3 / 4;
  const Rated train = rated_of(file, order.first(cut), out);
  const Rated later = rated_of(file, order.subspan(cut), out);
  if (!train.enough() || later.labels.empty()) return;
  const emptor::TextClassifier model = learn(train, context);
  std::size_t right = 0;
  for (std::size_t t = 0; t < later.texts.size(); ++t) {
    right += model.classify(later.texts[t]) == later.labels[t] ? 1 : 0;
  }
  out.tested = later.texts.size();
  out.right = static_cast<double>(right) / static_cast<double>(later.texts.size());
}

void audit(const ReviewFile& file, Reviews& out) {
  constexpr std::size_t most = 100;
  std::vector<emptor::ReviewRecord> records;
  for (std::size_t r = 0; r < file.texts.size(); ++r) {
    const Time time = file.times[r] == Time::min() ? Time{} : file.times[r];
    records.push_back({.reviewer = emptor::Customer{file.reviewers[r]},
                       .item = emptor::Item{file.items[r]},
                       .time = time,
                       .rating = file.ratings[r],
                       .text = file.texts[r]});
  }
  out.suspicions = emptor::check_reviews(records);
  out.audit.reviews = records.size();
  std::vector<std::uint32_t> worst;
  for (std::uint32_t r = 0; r < out.suspicions.size(); ++r) {
    for (const emptor::ReviewSignal& signal : out.suspicions[r].signals()) {
      ++out.audit.fired[static_cast<std::size_t>(signal.kind)];
    }
    if (out.suspicions[r].probability() >= out.audit.probability) worst.push_back(r);
  }
  out.audit.suspicious = worst.size();
  std::stable_sort(worst.begin(), worst.end(), [&](std::uint32_t a, std::uint32_t b) {
    return out.suspicions[a].score > out.suspicions[b].score;
  });
  if (worst.size() > most) worst.resize(most);
  for (const std::uint32_t r : worst) {
    out.audit.worst.push_back({.reviewer = std::string(file.reviewer_keys.key(records[r].reviewer)),
                               .item = std::string(file.item_keys.key(records[r].item)),
                               .time = records[r].time,
                               .text = file.texts[r],
                               .suspicion = out.suspicions[r]});
  }
}

void read(const ReviewFile& file, std::span<const std::uint32_t> order,
          const emptor::ReviewReader& reader, Reviews& out) {
  emptor::ReviewOverview& all = out.overview;
  emptor::AspectSummary summary(reader.aspects());
  emptor::SentimentWork work;
  emptor::ReviewReading reading;
  std::vector<std::uint32_t> complaints(file.reviewer_keys.size());
  out.feelings.assign(file.texts.size(), 0);
  all.reviews = file.texts.size();
  for (const std::uint32_t r : order) {
    std::uint32_t& earlier = complaints[file.reviewers[r]];
    reader.read(file.texts[r], 0, work, reading);
    // Only who complains again is a repeated complaint.
    if (reading.sentiment.compound <= -0.05) reader.read(file.texts[r], earlier, work, reading);
    const double feeling = out.feelings[r] = reading.sentiment.compound;
    ++(feeling >= 0.05 ? all.positive : feeling <= -0.05 ? all.negative : all.neutral);
    if (reading.aspects.empty()) {
      ++all.unclassed;
    } else {
      ++all.classes[static_cast<std::size_t>(reading.main_class())];
    }
    const bool dated = file.times[r] != Time::min();
    if (dated) summary.add(reading, file.times[r]);
    if (feeling <= -0.05) ++earlier;
    if (reading.care.empty()) continue;
    emptor::CareExample& care = all.examples.emplace_back();
    care.customer = file.reviewer_keys.key(emptor::Customer{file.reviewers[r]});
    care.time = dated ? file.times[r] : Time{};
    care.severity = reading.severity;
    care.text = file.texts[r];
    for (const emptor::CareSignal& signal : reading.care) {
      if (std::find(care.triggers.begin(), care.triggers.end(), signal.trigger) ==
          care.triggers.end()) {
        care.triggers.push_back(signal.trigger);
        ++all.care[static_cast<std::size_t>(signal.trigger)];
      }
    }
  }
  all.aspects = summary.periods();
  std::stable_sort(all.examples.begin(), all.examples.end(), [](const auto& a, const auto& b) {
    return a.severity != b.severity ? a.severity > b.severity : a.time > b.time;
  });
}

}  // namespace

Reviews reviews_of(const ReviewFile& file, const emptor::Context& context) {
  Reviews out;
  out.quality = file.quality;
  audit(file, out);
  const std::vector<std::uint32_t> order = by_time(file);
  const Rated rated = rated_of(file, order, out);
  if (!rated.enough()) {
    out.problem = emptor::text("there are fewer than ", fewest_of_a_class,
                               " good (4 or 5) or bad (1 or 2) ratings to learn from");
    return out;
  }
  test(file, order, out, context);
  out.learned = rated.texts.size();
  read(file, order, emptor::ReviewReader(learn(rated, context)), out);
  out.overview.how = emptor::text("How they feel was learned from the stars of ", out.learned,
                                  " of the shop's own reviews, in whatever language they are");
  out.overview.how +=
      out.tested > 0
          ? emptor::text("; learned from the first three quarters alone, it met good or bad in ",
                         emptor::fixed(100 * out.right, 1), "% of ", out.tested, " later ones.")
          : std::string(".");
  return out;
}

}  // namespace storefront
