#pragma once

/// @file
/// Classic lifetimes whose analyses are published.

#include <cstdint>
#include <vector>

#include "emptor/score/survival_times.hpp"

namespace emptor::test {

struct Lifetimes {
  std::vector<double> time;
  std::vector<std::uint8_t> event;
  std::vector<std::uint32_t> group;
  std::vector<double> weight{};
  std::vector<double> entry{};

  [[nodiscard]] SurvivalTimes view() const {
    return {.time = time, .event = event, .entry = entry, .weight = weight};
  }
};

/// Remission of leukaemia, in weeks, under 6-MP (group 1) and placebo (group 0): E. J. Freireich et
/// al., "The effect of 6-mercaptopurine on the duration of steroid-induced remissions in acute
/// leukemia", Blood 21(6), 1963.
inline Lifetimes freireich() {
  Lifetimes out;
  const auto add = [&](double time, int event, std::uint32_t group) {
    out.time.push_back(time);
    out.event.push_back(static_cast<std::uint8_t>(event));
    out.group.push_back(group);
  };
  for (const double t : {6., 6., 6., 7., 10., 13., 16., 22., 23.}) add(t, 1, 1);
  for (const double t : {6., 9., 10., 11., 17., 19., 20., 25., 32., 32., 34., 35.}) add(t, 0, 1);
  for (const double t : {1., 1., 2.,  2.,  3.,  4.,  4.,  5.,  5.,  8., 8.,
                         8., 8., 11., 11., 12., 12., 15., 17., 22., 23.}) {
    add(t, 1, 0);
  }
  return out;
}

/// Maintenance after acute myelogenous leukaemia, in weeks (data set `aml` of R's survival): Rupert
/// G. Miller, "Survival Analysis", Wiley 1981. Group 0: maintained, 1: not.
inline Lifetimes aml() {
  return {.time = {9, 13, 13, 18, 23, 28, 31, 34, 45, 48, 161, 5,
                   5, 8,  8,  12, 16, 23, 27, 30, 33, 43, 45},
          .event = {1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 0, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1},
          .group = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}};
}

/// Ovarian cancer, data set `ovarian` of R's survival: J. H. Edmonson et al., Cancer Treatment
/// Reports 63, 1979.
struct Ovarian {
  std::vector<double> time{59,  115, 156, 421,  431,  448,  464,  475,  477, 563, 638, 744, 769,
                           770, 803, 855, 1040, 1106, 1129, 1206, 1227, 268, 329, 353, 365, 377};
  std::vector<std::uint8_t> event{1, 1, 1, 0, 1, 0, 1, 1, 0, 1, 1, 0, 0,
                                  0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 0};
  std::vector<double> age{72.3315, 74.4932, 66.4658, 53.3644, 50.3397, 56.4301, 56.937,
                          59.8548, 64.1753, 55.1781, 56.7562, 50.1096, 59.6301, 57.0521,
                          39.2712, 43.1233, 38.8932, 44.6,    53.9068, 44.2055, 59.589,
                          74.5041, 43.137,  63.2192, 64.4247, 58.3096};
  std::vector<double> ecog{1, 1, 2, 1, 1, 2, 2, 2, 1, 2, 2, 1, 2,
                           1, 1, 2, 2, 1, 1, 1, 2, 2, 1, 2, 1, 1};
};

/// The rows of one group.
inline Lifetimes only_group(const Lifetimes& all, std::uint32_t group) {
  Lifetimes out;
  for (std::size_t i = 0; i < all.time.size(); ++i) {
    if (all.group[i] != group) continue;
    out.time.push_back(all.time[i]);
    out.event.push_back(all.event[i]);
    out.group.push_back(group);
  }
  return out;
}

}  // namespace emptor::test
