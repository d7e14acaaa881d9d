#include <cstddef>

#include "emptor/score/satisfaction_result.hpp"
#include "emptor/score/survey_result.hpp"

namespace emptor {

namespace {

template <std::size_t N>
std::string_view named(const std::string_view (&names)[N], std::size_t place) noexcept {
  return place < N ? names[place] : "unknown";
}

}  // namespace

std::string_view name(SatisfactionMeasure measure) noexcept {
  constexpr std::string_view names[] = {"csat", "nps", "ces", "index"};
  return named(names, static_cast<std::size_t>(measure));
}

std::string_view name(DriverQuadrant quadrant) noexcept {
  constexpr std::string_view names[] = {"keep_up", "concentrate", "low_priority", "overkill"};
  return named(names, static_cast<std::size_t>(quadrant));
}

std::string_view name(SurveyFlag flag) noexcept {
  constexpr std::string_view names[survey_flags] = {
      "straight_line", "little_variety", "speeder", "same_respondent", "same_answers",  "same_text",
      "attention",     "inconsistent",   "outlier", "off_scale",       "mostly_missing"};
  return named(names, static_cast<std::size_t>(flag));
}

}  // namespace emptor
