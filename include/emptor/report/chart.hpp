#pragma once
// All charts of the room under one name.

#include "emptor/report/chart_arcs.hpp"
#include "emptor/report/chart_bar.hpp"
#include "emptor/report/chart_common.hpp"
#include "emptor/report/chart_distribution.hpp"
#include "emptor/report/chart_dots.hpp"
#include "emptor/report/chart_heatmap.hpp"
#include "emptor/report/chart_interval.hpp"
#include "emptor/report/chart_line.hpp"
#include "emptor/report/chart_outline.hpp"
#include "emptor/report/chart_scatter.hpp"
#include "emptor/report/chart_stack.hpp"
#include "emptor/report/chart_tree.hpp"
#include "emptor/report/chart_treemap.hpp"
#include "emptor/report/chart_waterfall.hpp"
