#pragma once
// Things on a line and an arc for each pair that belongs together: what is bought with what. The
// wider an arc, the stronger the tie. Things that hang together by any chain of arcs stand side by
// side in one colour, so that groups show, and names stay readable however many there are. See
// chart_common.hpp for what all charts promise.
//
// Source: M. Wattenberg, "Arc diagrams: visualizing structure in strings", IEEE Symposium on
// Information Visualization, 2002, doi:10.1109/INFVIS.2002.1173155. The order of things within a
// group is by their barycentres, repeated: K. Sugiyama, S. Tagawa, M. Toda, "Methods for visual
// understanding of hierarchical system structures", IEEE Transactions on Systems, Man, and
// Cybernetics 11(2), 1981, doi:10.1109/TSMC.1981.4308636. Time: arcs x rounds + n log n.

#include <string>
#include <vector>

#include "emptor/report/chart_common.hpp"

namespace emptor {

struct ArcLink {
  std::size_t from = 0;  ///< place in `names`
  std::size_t to = 0;    ///< another one
  double strength = 1;   ///< > 0; the width of the arc
  std::string tip{};     ///< what a reader sees over it; may be empty
};

struct ArcChart {
  ChartLabels labels{};
  std::vector<std::string> names{};  ///< at most 120; names without a link are left out
  std::vector<ArcLink> links{};      ///< at most 500
};

[[nodiscard]] EMPTOR_API std::string render_svg(const ArcChart& chart, const ChartSize& size = {});

}  // namespace emptor
