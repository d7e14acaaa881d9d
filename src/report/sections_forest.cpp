#include <algorithm>
#include <limits>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/report/chart.hpp"
#include "emptor/report/sections_referral.hpp"
#include "report/referral_text.hpp"
#include "report/section_text.hpp"

namespace emptor {

namespace {

using detail::count_text;
using detail::counted;
using detail::customer_text;
using detail::in_words;

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

/// Who stands below whom, with the sizes of subtrees.
struct Forest {
  std::vector<std::vector<std::uint32_t>> below;
  std::vector<std::uint32_t> size;   // of the subtree
  std::vector<std::uint32_t> roots;  // with somebody below, the largest first
};

Forest forest_of(std::span<const Customer> parents) {
  const std::size_t n = parents.size();
  Forest out{.below = std::vector<std::vector<std::uint32_t>>(n),
             .size = std::vector<std::uint32_t>(n, 1),
             .roots = {}};
  std::vector<std::uint32_t> open(n);  // children that are not counted yet
  for (std::size_t c = 0; c < n; ++c) {
    if (parents[c] == no_customer) continue;
    if (index(parents[c]) >= n) {
      throw Exception(ErrorCode::invalid_shape, "a parent beyond the customers",
                      "add_referral_forest_section");
    }
    out.below[index(parents[c])].push_back(static_cast<std::uint32_t>(c));
    ++open[index(parents[c])];
  }
  std::vector<std::uint32_t> done;
  for (std::size_t c = 0; c < n; ++c) {
    if (open[c] == 0) done.push_back(static_cast<std::uint32_t>(c));
  }
  for (std::size_t i = 0; i < done.size(); ++i) {
    const Customer parent = parents[done[i]];
    if (parent == no_customer) continue;
    out.size[index(parent)] += out.size[done[i]];
    if (--open[index(parent)] == 0) done.push_back(static_cast<std::uint32_t>(index(parent)));
  }
  if (done.size() != n) {
    throw Exception(ErrorCode::invalid_value, "parents stand in a ring",
                    "add_referral_forest_section");
  }
  const auto larger = [&](std::uint32_t a, std::uint32_t b) {
    return out.size[a] != out.size[b] ? out.size[a] > out.size[b] : a < b;
  };
  for (std::size_t c = 0; c < n; ++c) {
    std::sort(out.below[c].begin(), out.below[c].end(), larger);
    if (parents[c] == no_customer && !out.below[c].empty()) {
      out.roots.push_back(static_cast<std::uint32_t>(c));
    }
  }
  std::sort(out.roots.begin(), out.roots.end(), larger);
  return out;
}

/// Rows are given out breadth first, so that a tree that is cut keeps its first generations whole.
std::vector<bool> shown_of(const Forest& forest, std::uint32_t root,
                           const ReferralForestSection& drawn) {
  std::vector<bool> shown(forest.below.size(), false);
  std::vector<std::uint32_t> queue{root};
  shown[root] = true;
  std::size_t rows = 1;
  for (std::size_t i = 0; i < queue.size(); ++i) {
    const auto& below = forest.below[queue[i]];
    const std::size_t most = std::min(below.size(), drawn.children);
    for (std::size_t c = 0; c < most && rows < drawn.rows; ++c, ++rows) {
      shown[below[c]] = true;
      queue.push_back(below[c]);
    }
  }
  return shown;
}

OutlineChart outline_of(const Forest& forest, std::uint32_t root,
                        const ReferralForestSection& drawn, const CustomerNames& names,
                        std::size_t& left_out) {
  OutlineChart chart{
      .labels = {text("The tree of ", customer_text(names, id_at<Customer>(root))),
                 text(counted(forest.size[root] - 1, "customer", "customers"), " below"),
                 "Each row is a customer, below who brought it; the number is what it earned.",
                 detail::with_unit(drawn.amount_name, drawn.currency), ""},
      .format = {.decimals = 2, .keep_zeros = true}};
  const std::vector<bool> shown = shown_of(forest, root, drawn);
  struct Step {
    std::uint32_t node;
    std::size_t depth;
    std::uint32_t more;  // not 0: a row for so many that are left out
  };
  std::vector<Step> stack{{root, 0, 0}};
  while (!stack.empty() && chart.nodes.size() < 500) {
    const Step step = stack.back();
    stack.pop_back();
    if (step.more > 0) {
      left_out += step.more;
      chart.nodes.push_back({.name = text("and ", count_text(step.more), " more below"),
                             .depth = step.depth,
                             .value = missing});
      continue;
    }
    const std::string name = customer_text(names, id_at<Customer>(step.node));
    const auto& below = forest.below[step.node];
    chart.nodes.push_back(
        {.name = below.empty() ? name : text(name, ", brought ", below.size()),
         .depth = step.depth,
         .value = drawn.amounts.empty()
                      ? 0
                      : detail::major_units(drawn.amounts[step.node], drawn.currency.digits())});
    std::uint32_t hidden = 0;
    for (const std::uint32_t child : below) hidden += shown[child] ? 0 : forest.size[child];
    if (hidden > 0) stack.push_back({step.node, step.depth + 1, hidden});
    for (auto child = below.rbegin(); child != below.rend(); ++child) {
      if (shown[*child]) stack.push_back({*child, step.depth + 1, 0});
    }
  }
  return chart;
}

void add_generations(ReportPage& page, const ReferralForestResult& forest) {
  BarChart chart{.labels = {"Generations", "",
                            "Customers by how many links they are away from one who came alone.",
                            "Links from who came alone", "Customers"},
                 .series = {{.name = "customers"}}};
  for (std::size_t g = 1; g < std::min<std::size_t>(forest.generations.size(), 31); ++g) {
    chart.categories.push_back(text(g));
    chart.series[0].values.push_back(static_cast<double>(forest.generations[g]));
  }
  page.add_chart(chart);
}

}  // namespace

void add_referral_forest_section(ReportPage& page, const ReferralForestResult& forest,
                                 const ReferralForestSection& drawn,
                                 const CustomerNames& customer_name) {
  if (!drawn.amounts.empty() && drawn.amounts.size() != drawn.parents.size()) {
    throw Exception(ErrorCode::invalid_shape, "an amount for each customer, or none",
                    "add_referral_forest_section");
  }
  require_option(drawn.rows >= 3 && drawn.rows <= 500, "rows", "in [3, 500]", drawn.rows);
  require_option(drawn.children >= 1, "children", ">= 1", drawn.children);
  page.begin_section("Who brought whom");
  if (forest.edges == 0) {
    page.add_paragraph("Nobody was brought by anybody.");
  } else {
    page.add_paragraph(text(
        counted(forest.edges, "customer was", "customers were"), " brought by ",
        counted(forest.parents, "other", "others"), ", in ", counted(forest.trees, "tree", "trees"),
        ". The deepest reaches ", counted(forest.depth, "generation", "generations"),
        "; the largest has ", counted(forest.largest_tree, "customer", "customers"),
        "; nobody brought more than ", count_text(forest.most_children), "."));
    add_generations(page, forest);
    const Forest trees = forest_of(drawn.parents);
    std::size_t left_out = 0;
    const std::size_t most = std::min(drawn.trees, trees.roots.size());
    for (std::size_t t = 0; t < most; ++t) {
      page.add_chart(outline_of(trees, trees.roots[t], drawn, customer_name, left_out));
    }
    if (most > 0) {
      page.add_paragraph(
          text(most < trees.roots.size() ? text("Drawn are the largest ", most, " of ",
                                                count_text(trees.roots.size()), " trees")
                                         : std::string("All trees are drawn"),
               left_out > 0 ? text("; ", counted(left_out, "customer", "customers"),
                                   " of them have no row of their own")
                            : std::string(),
               ". A dot's area is what its customer earned, its colour the generation."));
    }
  }
  if (forest.counts.refused() == 0) return;
  ReportTable table{.caption = "Referrals that were refused", .columns = {"Reason", "Referrals"}};
  for (std::size_t r = 1; r < attach_refusals; ++r) {
    if (forest.counts.by_reason[r] == 0) continue;
    table.rows.push_back(
        {in_words(name(static_cast<AttachRefusal>(r))), forest.counts.by_reason[r]});
  }
  page.add_table(table);
}

}  // namespace emptor
