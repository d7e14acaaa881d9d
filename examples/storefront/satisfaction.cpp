#include "opinions.hpp"

#include <cstdint>
#include <limits>
#include <utility>

#include "emptor/score/satisfaction.hpp"
#include "emptor/score/satisfaction_drivers.hpp"
#include "emptor/score/satisfaction_trend.hpp"
#include "emptor/score/score_table.hpp"
#include "emptor/score/survey_screening.hpp"

namespace storefront {
namespace {

void find_drivers(const SurveyFile& file, Satisfaction& out, const emptor::Context& context) {
  if (file.items.size() < 2 || file.times.empty()) return;
  emptor::ScoreTableBuilder builder;
  std::vector<emptor::SatisfactionItem> items;
  for (std::size_t i = 0; i < file.items.size(); ++i) {
    builder.number(file.items[i], file.item_answers[i]);
    items.push_back({.column = file.items[i]});
  }
  const bool nps = !file.recommend.empty();
  const std::vector<double>& target = nps                      ? file.recommend
                                      : file.satisfied.empty() ? file.easy
                                                               : file.satisfied;
  // An answer that the scale has not must not tell what drives it.
  const double high = nps ? 10 : file.satisfied.empty() ? 7 : 5;
  const double low = nps ? 0 : 1;
  std::vector<double> sound;
  for (const double answer : target) {
    sound.push_back(answer >= low && answer <= high ? answer
                                                    : std::numeric_limits<double>::quiet_NaN());
  }
  out.driven = nps ? "recommending" : "satisfaction";
  out.drivers = emptor::satisfaction_drivers(builder.finish(), sound, items, {.replicates = 200},
                                             {}, context);
}

/// All that was asked, in its order. A customer may answer again another day, but not twice a day.
void screen(const SurveyFile& file, Satisfaction& out, const emptor::Context& context) {
  if (file.times.empty()) return;
  emptor::ScoreTableBuilder builder;
  std::vector<emptor::SatisfactionItem> items;
  const auto add = [&](const std::string& name, const std::vector<double>& answers, double low,
                       double high) {
    if (answers.empty()) return;
    builder.number(name, answers);
    items.push_back({.column = name, .low = low, .high = high});
  };
  for (std::size_t i = 0; i < file.items.size(); ++i) {
    add(file.items[i], file.item_answers[i], 1, 5);
  }
  add("recommend", file.recommend, 0, 10);
  add("satisfied", file.satisfied, 1, 5);
  add("easy", file.easy, 1, 7);
  std::vector<std::uint64_t> respondents;
  for (std::size_t r = 0; r < file.times.size(); ++r) {
    const auto day = emptor::local_day(file.times[r]).time_since_epoch().count() & 0xFFFFF;
    const std::uint64_t nobody = std::uint64_t{1} << 63U | r;
    respondents.push_back(file.respondents[r] == 0
                              ? nobody
                              : file.respondents[r] << 20U | static_cast<std::uint64_t>(day));
  }
  out.screening = emptor::screen_survey(
      builder.finish(), items, {.seconds = file.seconds, .respondents = respondents, .texts = {}},
      {}, {}, {}, context);
}

}  // namespace

Satisfaction satisfaction_of(const SurveyFile& file, const emptor::Context& context) {
  Satisfaction out;
  out.quality = file.quality;
  out.channels = file.channel_names;
  screen(file, out, context);
  std::vector<double> trusted;
  for (const emptor::SurveyCheck& check : out.screening.checks) {
    trusted.push_back(check.flags == 0 ? 1 : 0);
  }
  const auto ask = [&](const char* question, const std::vector<double>& answers,
                       const emptor::SatisfactionOptions& options) {
    if (answers.empty()) return;
    emptor::SatisfactionView& view = out.views.emplace_back();
    view.question = question;
    if (out.channels.size() > 1) view.groups = "By channel";
    view.report = emptor::measure_satisfaction(answers, options, {}, file.channels);
    out.unmarked.push_back(emptor::measure_satisfaction(answers, options, trusted).total);
    out.trends.push_back(emptor::satisfaction_trend(answers, file.times, options));
  };
  ask("Would they recommend the shop?", file.recommend, emptor::nps_options());
  ask("Are they satisfied?", file.satisfied, emptor::csat_options());
  ask("Was it easy?", file.easy, emptor::ces_options());
  find_drivers(file, out, context);
  return out;
}

}  // namespace storefront
