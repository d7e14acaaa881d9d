#include "emptor/referral/bgl.hpp"

#include <algorithm>
#include <boost/concept/assert.hpp>
#include <boost/graph/breadth_first_search.hpp>
#include <boost/graph/depth_first_search.hpp>
#include <boost/graph/graph_concepts.hpp>
#include <boost/graph/topological_sort.hpp>
#include <cstdint>
#include <iterator>
#include <vector>

#include "emptor/core/random.hpp"
#include "support/catch.hpp"

namespace emptor {
namespace {

BOOST_CONCEPT_ASSERT((boost::VertexListGraphConcept<ReferralForestView>));
BOOST_CONCEPT_ASSERT((boost::EdgeListGraphConcept<ReferralForestView>));
BOOST_CONCEPT_ASSERT((boost::BidirectionalGraphConcept<ReferralForestView>));
BOOST_CONCEPT_ASSERT((boost::AdjacencyGraphConcept<ReferralForestView>));
BOOST_CONCEPT_ASSERT(
    (boost::ReadablePropertyGraphConcept<ReferralForestView, std::size_t, boost::vertex_index_t>));

ReferralForest some_forest() {
  ReferralForest forest(500);
  RandomStream random(5);
  for (int i = 0; i < 700; ++i) {
    forest.attach({.child = Customer{random.below(500)}, .parent = Customer{random.below(500)}});
  }
  return forest;
}

/// Counts what a depth-first search comes by.
struct CountingVisitor : boost::dfs_visitor<> {
  std::size_t* started;
  std::size_t* across;
  template <class Vertex>
  void start_vertex(Vertex, const ReferralForestView&) const {
    ++*started;
  }
  template <class Edge>
  void back_edge(Edge, const ReferralForestView&) const {
    ++*across;
  }
  template <class Edge>
  void forward_or_cross_edge(Edge, const ReferralForestView&) const {
    ++*across;
  }
};

}  // namespace

TEST_CASE("Boost's breadth-first search finds the generations of a forest") {
  const ReferralForest forest = some_forest();
  const ReferralForestView view(forest);
  REQUIRE(forest.edges() > 300);
  for (std::uint32_t root = 0; root < 500; root += 7) {
    std::vector<std::uint32_t> distance(num_vertices(view), 0);
    std::vector<boost::default_color_type> color(num_vertices(view));
    const auto index_map = get(boost::vertex_index, view);
    boost::breadth_first_search(
        view, root,
        boost::visitor(boost::make_bfs_visitor(boost::record_distances(
                           boost::make_iterator_property_map(distance.begin(), index_map),
                           boost::on_tree_edge())))
            .color_map(boost::make_iterator_property_map(color.begin(), index_map)));
    std::vector<std::uint64_t> sizes;
    for (std::uint32_t c = 0; c < 500; ++c) {
      const bool met = color[c] == boost::black_color;
      REQUIRE(met == (c == root || forest.is_ancestor(Customer{root}, Customer{c})));
      if (!met) continue;
      CHECK(distance[c] == forest.depth(Customer{c}) - forest.depth(Customer{root}));
      if (distance[c] >= sizes.size()) sizes.resize(distance[c] + 1);
      ++sizes[distance[c]];
    }
    CHECK(sizes == forest.generation_sizes(Customer{root}));
  }
}

TEST_CASE("Boost's depth-first search meets each edge once and nothing goes round") {
  const ReferralForest forest = some_forest();
  const ReferralForestView view(forest);
  std::size_t started = 0;
  std::size_t across = 0;
  CountingVisitor visitor;
  visitor.started = &started;
  visitor.across = &across;
  std::vector<boost::default_color_type> color(num_vertices(view));
  boost::depth_first_search(
      view, visitor,
      boost::make_iterator_property_map(color.begin(), get(boost::vertex_index, view)));
  CHECK(started + forest.edges() >= num_vertices(view));
  // Every edge of the forest to a vertex that a search had been started from is met as crossing.
  CHECK(across == started + forest.edges() - num_vertices(view));
  std::vector<std::size_t> order;
  boost::topological_sort(view, std::back_inserter(order),
                          boost::vertex_index_map(get(boost::vertex_index, view)));
  std::vector<std::size_t> place(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) place[order[i]] = i;
  const auto [edge, end] = edges(view);
  for (auto e = edge; e != end; ++e) CHECK(place[e->target] < place[e->source]);
}

TEST_CASE("the forest's edges are the same from everywhere") {
  const ReferralForest forest = some_forest();
  const ReferralForestView view(forest);
  std::size_t listed = 0;
  const auto [first, last] = edges(view);
  for (auto e = first; e != last; ++e, ++listed) {
    CHECK(forest.parent(id_at<Customer>(target(*e, view))) == id_at<Customer>(source(*e, view)));
  }
  CHECK(listed == num_edges(view));
  std::size_t met = 0;
  for (std::size_t v = 0; v < num_vertices(view); ++v) {
    std::vector<Customer> children;
    const auto [near, near_end] = adjacent_vertices(v, view);
    for (auto n = near; n != near_end; ++n) children.push_back(id_at<Customer>(*n));
    met += children.size();
    CHECK(children.size() == out_degree(v, view));
    std::sort(children.begin(), children.end());
    CHECK(children == forest.children(id_at<Customer>(v)));
    const auto [in, in_end] = in_edges(v, view);
    CHECK(static_cast<std::size_t>(std::distance(in, in_end)) == in_degree(v, view));
    if (in != in_end) CHECK(in->target == v);
    CHECK(degree(v, view) == in_degree(v, view) + out_degree(v, view));
  }
  CHECK(met == listed);
  CHECK(num_edges(ReferralForestView(ReferralForest{})) == 0);
}

}  // namespace emptor
