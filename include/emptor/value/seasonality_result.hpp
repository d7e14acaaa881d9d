#pragma once
// How demand goes with the day of the week and the month of the year: plain data. Thread safety:
// values.

#include <cstdint>
#include <limits>
#include <vector>

namespace emptor {

/// Demand by place in a season, as a multiple of the average place.
struct SeasonIndex {
  struct Place {
    double index = 1;                                             ///< mean over places is 1
    double deviation = std::numeric_limits<double>::quiet_NaN();  ///< of one season's from it; NaN:
                                                                  ///< seen once
    std::uint32_t seen = 0;                                       ///< periods it was read from
  };
  std::vector<Place> places;  ///< empty: too short a history to say
  /// False: read off one season that may hold the trend, too.
  bool detrended = true;
  /// 1 - Var(rest) / Var(season and rest), in [0, 1]; NaN unless detrended.
  double strength = std::numeric_limits<double>::quiet_NaN();
};

struct Seasonality {
  SeasonIndex weekday;  ///< 7 places, from Monday
  SeasonIndex month;    ///< 12 places, from January; demand a day, so short months are not weak
};

}  // namespace emptor
